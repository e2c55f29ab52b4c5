import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCatalog } from '../../open-catalog.ts';
import type { OpenCatalog } from '../../ports.ts';
import { ENGINES, type Places } from '../../testing/engines.ts';
import type { ServiceJob } from '../ports.ts';

const YES = async (): Promise<boolean> => await Promise.resolve(true);

function job(more: Partial<ServiceJob> = {}): ServiceJob {
  return {
    ...{ id: randomUUID(), kind: 'test', state: 'queued', secret: null, backup: null },
    ...{ request: {}, who: 'alice', from: '127.0.0.1', created: new Date().toISOString() },
    ...{ started: null, ended: null, server: null, pinned: false, repeatable: true },
    ...{ needs: [], attempt: 0, cancelled: false, approval: null, progress: null },
    ...{ failure: null, result: null, file: false },
    ...more,
  };
}

async function put(catalog: OpenCatalog, ...jobs: ServiceJob[]): Promise<void> {
  await using queue = await catalog.openQueue();
  for (const each of jobs) {
    await catalog.service.jobs.add(each);
    await queue.send(each);
  }
}

describe.each(ENGINES)('the line of jobs on $engine', ({ openPlaces }) => {
  let places: Places;
  beforeAll(async () => {
    places = await openPlaces();
  });
  afterAll(async () => {
    await places[Symbol.asyncDispose]();
  });

  async function openNew(): Promise<OpenCatalog> {
    return await openCatalog((await places.add()).place, { create: true });
  }

  test('jobs come in their order, each once, and are running then', async () => {
    await using catalog = await openNew();
    const [one, two] = [job(), job()];
    await put(catalog, one, two);
    await using queue = await catalog.openQueue();
    await using first = await queue.claim('a', YES);
    await using second = await queue.claim('b', YES);
    expect([first?.job.id, second?.job.id]).toEqual([one.id, two.id]);
    expect(first?.job).toMatchObject({ state: 'running', server: 'a', attempt: 1 });
    expect(await queue.claim('a', YES)).toBeNull();
  });

  test('what a job needs, nobody else gets until it is let go', async () => {
    await using catalog = await openNew();
    const needs = ['medium:BLACK'];
    await put(catalog, job({ needs }), job({ needs: ['medium:BLACK', 'token:hsm'] }));
    await using queue = await catalog.openQueue();
    const first = await queue.claim('a', YES);
    expect(await queue.claim('b', YES)).toBeNull();
    await first?.[Symbol.asyncDispose]();
    await using second = await queue.claim('b', YES);
    expect(second?.job.needs).toHaveLength(2);
  });

  test('a job whose needs a server lacks stands in nobody’s way', async () => {
    await using catalog = await openNew();
    await put(catalog, job({ needs: ['medium:BLUE'] }), job({ needs: ['folder:nas'] }));
    await using queue = await catalog.openQueue();
    const can = async (need: string): Promise<boolean> =>
      await Promise.resolve(need === 'folder:nas');
    await using claimed = await queue.claim('a', can);
    expect(claimed?.job.needs).toEqual(['folder:nas']);
    expect(await queue.claim('a', can)).toBeNull();
  });

  test('a pinned job is for its own server only', async () => {
    await using catalog = await openNew();
    await put(catalog, job({ pinned: true, server: 'a' }));
    await using queue = await catalog.openQueue();
    expect(await queue.claim('b', YES)).toBeNull();
    await using claimed = await queue.claim('a', YES);
    expect(claimed).not.toBeNull();
  });

  test('a job that was sent twice runs once, and one that was cancelled not at all', async () => {
    await using catalog = await openNew();
    const [twice, gone] = [job(), job()];
    await put(catalog, twice, gone);
    await using queue = await catalog.openQueue();
    await queue.send(twice);
    await catalog.service.jobs.change(gone.id, ['queued'], { state: 'cancelled' });
    await using claimed = await queue.claim('a', YES);
    expect(claimed?.job.id).toBe(twice.id);
    expect(await queue.claim('a', YES)).toBeNull();
  });

  test('of a server that is gone, what can be repeated is in line again, and the rest is interrupted', async () => {
    await using catalog = await openNew();
    const lost = { state: 'running', server: 'gone', attempt: 1 } as const;
    const [again, once, pinned] = [
      job(lost),
      job({ ...lost, repeatable: false }),
      job({ ...lost, state: 'queued', pinned: true }),
    ];
    for (const each of [again, once, pinned]) await catalog.service.jobs.add(each);
    await using queue = await catalog.openQueue();
    const interrupted = await queue.recover(['gone']);
    expect(interrupted.map(({ id }) => id).toSorted()).toEqual([once.id, pinned.id].toSorted());
    expect(await queue.recover(['gone'])).toEqual([]);
    await using claimed = await queue.claim('b', YES);
    expect(claimed?.job).toMatchObject({ id: again.id, attempt: 2, server: 'b' });
  });

  test('a job that was added and never sent is found', async () => {
    await using catalog = await openNew();
    await catalog.service.jobs.add(job());
    await using queue = await catalog.openQueue();
    await queue.recover([]);
    await using claimed = await queue.claim('a', YES);
    expect(claimed).not.toBeNull();
  });

  test('whoever waits is told of work', async () => {
    await using catalog = await openNew();
    await using queue = await catalog.openQueue();
    const told = Promise.withResolvers<true>();
    using _ = queue.onWork(() => {
      told.resolve(true);
    });
    const each = job();
    await catalog.service.jobs.add(each);
    await queue.send(each);
    expect(await Promise.race([told.promise, after(5000)])).toBe(true);
  });
});

describe('several servers on one PostgreSQL', () => {
  let places: Places;
  beforeAll(async () => {
    const postgres = ENGINES.find(({ engine }) => engine === 'PostgreSQL');
    if (postgres === undefined) throw new TypeError('there is no PostgreSQL');
    places = await postgres.openPlaces();
  });
  afterAll(async () => {
    await places[Symbol.asyncDispose]();
  });

  test('three of them, killed in turn, run every job, and never two at once for one need', async () => {
    const { place } = await places.add();
    if (place.kind !== 'postgres') throw new TypeError('this takes PostgreSQL');
    const log = join(await mkdtemp(join(tmpdir(), 'holdfast-queue-')), 'log');
    await using catalog = await openCatalog(place, { create: true });
    const media = ['medium:A', 'medium:B', 'medium:C'];
    const jobs = Array.from({ length: 60 }, (_, at) =>
      job({
        needs:
          at % 4 === 3
            ? []
            : [media[at % 3] ?? '', ...(at % 5 === 0 ? ['token:t'] : [])].toSorted(),
      }),
    );
    await put(catalog, ...jobs);
    const servers = new Map<string, ChildProcess>();
    const begin = (): void => {
      const id = randomUUID();
      const file = new URL('claimer.fixture.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, [file, place.url, id, log, '60000'], {
        stdio: 'inherit',
      });
      servers.set(id, child);
    };
    for (let count = 0; count < 3; count += 1) begin();
    for (let kills = 0; kills < 5; kills += 1) {
      await after(700);
      const [id, child] = [...servers][kills % 3] ?? [];
      if (id === undefined || child === undefined) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
      servers.delete(id);
      begin();
    }
    await Promise.all(
      [...servers.values()].map(async (child) => {
        if (child.exitCode === null) await once(child, 'exit');
      }),
    );
    for (const { id } of jobs) {
      expect(await catalog.service.jobs.find(id)).toMatchObject({ state: 'finished' });
    }
    assertExclusive(await readFile(log, 'utf8'), [...servers.keys()]);
  }, 120_000);
});

interface Line {
  readonly at: number;
  readonly what: 'begin' | 'end' | 'lost' | 'late';
  readonly server: string;
  readonly id: string;
  readonly needs: readonly string[];
}

/** No two live servers held one need at once; what a killed one began and never ended was over with it. */
function assertExclusive(text: string, alive: readonly string[]): void {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const ended = new Map<string, number>();
  for (const { what, id } of lines) {
    if (what === 'end') ended.set(id, (ended.get(id) ?? 0) + 1);
  }
  expect([...ended.values()].every((count) => count === 1)).toBe(true);
  expect(ended.size).toBe(60);
  const holding = new Map<string, Line>();
  for (const line of lines.toSorted((a, b) => a.at - b.at)) {
    for (const need of line.needs) {
      const holder = holding.get(need);
      if (line.what !== 'begin') {
        if (holder?.server === line.server) holding.delete(need);
        continue;
      }
      const isDead = holder !== undefined && !alive.includes(holder.server);
      expect(holder === undefined || isDead).toBe(true);
      holding.set(need, line);
    }
  }
}
