import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { Secret } from '@holdfast/age';
import { expect, test } from 'vitest';

import { runInjected } from '@holdfast/media/testing';
import { instanceAt } from '../instance/instance.ts';
import { storeOf } from './store.ts';

const ROTATE = new URL('rotate.fixture.ts', import.meta.url);
/** The calls that change or sync what has a name on disk, under every name that they have themselves. */
const CALLS = [
  'statfs',
  'fsync,fdatasync',
  '?link,linkat',
  '?unlink,unlinkat',
  '?rename,renameat,renameat2',
  '?mkdir,mkdirat',
  '?chmod,fchmod,fchmodat',
];

/** Kills one run of `rotate.fixture.ts` before each of its calls in turn; resolves to how many there were. */
async function killBeforeEach(
  prepare: () => Promise<string>,
  check: (killed: boolean) => Promise<void>,
): Promise<number> {
  let kills = 0;
  for (const calls of CALLS) {
    for (let count = 1, killed = true; killed; count++) {
      const folder = await prepare();
      const inject = `${calls}:signal=SIGKILL:when=${String(count)}`;
      const { status } = await runInjected(inject, ROTATE, [folder, '1']);
      killed = status !== 0;
      if (killed) kills++;
      await check(killed);
    }
  }
  return kills;
}

async function scene() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-killed-'));
  const folder = join(dir.path, 'state');
  return Object.assign(dir, { folder, store: storeOf(instanceAt({ folder })) });
}

/** Whatever the process was doing: version N reads `value N`, and the one before it as well. */
async function currentOf({ store }: Awaited<ReturnType<typeof scene>>): Promise<number> {
  const [found] = await store.list();
  if (found === undefined) return 0;
  for (const [index, { version }] of found.versions.entries()) {
    using secret = await store.read('sso', { previous: index === 1 });
    expect(Buffer.from(secret.bytes).toString()).toBe(`value ${String(version)}`);
  }
  expect(found.versions.map(({ version }) => version)).toEqual(
    [found.current, found.current - 1].filter((version) => version > 0),
  );
  return found.current;
}

test(
  'a process killed at any moment of its rotations leaves the store whole',
  { timeout: 120_000 },
  async () => {
    await using dir = await scene();
    let current = 0;
    for (let round = 0; round < 15; round++) {
      const child = spawn(process.execPath, [ROTATE.pathname, dir.folder, '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await wait(Math.random() * 60);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const now = await currentOf(dir);
      expect(now).toBeGreaterThan(current);
      current = now;
    }
    await dir.store.rotate('sso');
    expect((await dir.store.list())[0]?.current).toBe(current + 1);
  },
);

test(
  'a first secret killed before each of its calls is there whole, or not at all',
  { timeout: 240_000 },
  async () => {
    await using all = new AsyncDisposableStack();
    let dir = all.use(await scene());
    const kills = await killBeforeEach(
      async () => {
        dir = all.use(await scene());
        return dir.folder;
      },
      async (killed) => {
        const current = await currentOf(dir);
        expect(current).toBeLessThanOrEqual(1);
        if (!killed) expect(current).toBe(1);
        using value = Secret.fromText('value 1');
        if (current === 0) await dir.store.import('sso', value);
        expect(await currentOf(dir)).toBe(1);
      },
    );
    expect(kills).toBeGreaterThan(12);
  },
);

test(
  'a rotation killed before each of its calls leaves the version before it, or after it',
  { timeout: 240_000 },
  async () => {
    await using dir = await scene();
    for (const text of ['value 1', 'value 2']) {
      using value = Secret.fromText(text);
      await (text === 'value 1'
        ? dir.store.import('sso', value)
        : dir.store.rotate('sso', { value }));
    }
    let before = 0;
    const kills = await killBeforeEach(
      async () => {
        before = await currentOf(dir);
        return dir.folder;
      },
      async (killed) => {
        const after = await currentOf(dir);
        expect(after - before).toBeLessThanOrEqual(1);
        expect(after - before).toBeGreaterThanOrEqual(killed ? 0 : 1);
      },
    );
    expect(kills).toBeGreaterThan(8);
    // A killed process can leave a sealed part, which never has the name of a version.
    for (const name of await readdir(join(dir.folder, 'secrets/sso'))) {
      expect(name).toMatch(/^(?:\d+\.age|\.\d+\.age\..*\.partial)$/);
    }
  },
);
