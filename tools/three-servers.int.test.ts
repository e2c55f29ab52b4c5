import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openCatalog } from '@holdfast/catalog';
import { openPostgres } from '@holdfast/catalog/testing';
import type { Job } from '@holdfast/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServerProcess, type ServerProcess } from '@holdfast/server/testing';

const run = promisify(execFile);

const SERVERS = 3;
const KILLS = 4;

let folder = '';
let url = '';
const held = new AsyncDisposableStack();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-three-'));
  const postgres = held.use(await openPostgres());
  url = await postgres.addDatabase();
  await mkdir(join(folder, 'nas'));
  await writeFile(join(folder, 'live.json'), 'what three servers keep');
  await run('sh', ['-c', 'age-keygen -o key.txt 2>/dev/null'], { cwd: folder });
}, 120_000);
afterAll(async () => {
  await held.disposeAsync();
  await rm(folder, { recursive: true, force: true });
});

/** Each has a state folder of its own, with the same instance’s key, and a folder that only some have. */
async function configOf(number: number): Promise<string> {
  const { stdout } = await run('age-keygen', ['-y', join(folder, 'key.txt')]);
  const path = join(folder, `${String(number)}.toml`);
  const only = number === 0 ? `[folders.only-zero]\npath = "${folder}/zero"\n` : '';
  await mkdir(join(folder, 'zero'), { recursive: true });
  await writeFile(
    path,
    `state = "${folder}/state-${String(number)}"
[catalog]
url = "${url}"
[backup]
envelopes = ["recipient(${stdout.trim()})"]
[server]
max-jobs = 3
max-waiting = 40
[folders.nas]
path = "${folder}/nas"
[secrets.app]
source = "${folder}/live.json"
${only}`,
  );
  return path;
}

async function post(server: ServerProcess, to: string): Promise<Job | null> {
  try {
    const answer = await fetch(`${server.url}/v1/backups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ secret: 'app', to: [to] }),
    });
    return answer.status === 202 ? ((await answer.json()) as Job) : null;
  } catch {
    return null;
  }
}

test('three servers on one PostgreSQL, killed in turn, do every job once and never two to one folder at once', async () => {
  const configs = [await configOf(0), await configOf(1), await configOf(2)];
  const servers: ServerProcess[] = [];
  // The first makes the key that they all sign with.
  servers.push(held.use(await openServerProcess(configs[0] ?? '')));
  for (let number = 1; number < SERVERS; number += 1) {
    await cp(join(folder, 'state-0'), join(folder, `state-${String(number)}`), { recursive: true });
    servers.push(held.use(await openServerProcess(configs[number] ?? '')));
  }
  const accepted = new Set<string>();
  for (let kills = 0; kills <= KILLS; kills += 1) {
    for (let count = 0; count < 8; count += 1) {
      const to = count % 4 === 3 ? 'folder:only-zero' : 'folder:nas';
      const job = await post(servers[count % SERVERS] ?? servers[0]!, to);
      if (job !== null) accepted.add(job.id);
    }
    await after(600);
    if (kills === KILLS) break;
    const victim = 1 + (kills % (SERVERS - 1));
    await servers[victim]?.kill('SIGKILL');
    servers[victim] = held.use(await openServerProcess(configs[victim] ?? ''));
  }
  expect(accepted.size).toBeGreaterThan(10);

  await using catalog = await openCatalog({ kind: 'postgres', url }, { create: false });
  const { jobs } = catalog.service;
  for (let left = 900; left > 0 && (await jobs.count(['queued', 'running'])) > 0; left -= 1) {
    await after(100);
  }
  const ranOn = new Map<string, number>();
  const withFolder = new Set<string>();
  for (const id of accepted) {
    const job = await jobs.find(id);
    expect(job?.state).toBe('finished');
    if (job?.needs.includes('folder:only-zero')) withFolder.add(job.server ?? '');
    ranOn.set(job?.server ?? '', (ranOn.get(job?.server ?? '') ?? 0) + 1);
  }
  expect(ranOn.size).toBeGreaterThan(1);
  expect(withFolder.size).toBe(1);
  await assertOneAtATime(catalog);
}, 240_000);

/** Between the begin and the end of a backup to a folder, no other to it began; one that was cut off has no end. */
async function assertOneAtATime(catalog: Awaited<ReturnType<typeof openCatalog>>): Promise<void> {
  const open = new Map<string, string>();
  for await (const { event } of catalog.entries()) {
    if (event.action === 'job.begin' && event.detail.kind === 'backup') {
      const [place] = event.detail.places;
      const path = place?.place.path ?? '';
      const before = open.get(path);
      if (before !== undefined) {
        const former = (await catalog.service.jobs.find(before))?.attempt ?? 0;
        expect(former, `${before} and ${event.job ?? ''}`).not.toBe(1);
      }
      open.set(path, event.job ?? '');
    }
    if (event.action === 'job.end' || event.action === 'job.interrupted') {
      for (const [path, job] of open) if (job === event.job) open.delete(path);
    }
  }
}
