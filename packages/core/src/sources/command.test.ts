import { setTimeout as wait } from 'node:timers/promises';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { sourceFromCommand } from './command.ts';
import { readSource } from './read-source.fixture.ts';

test('what a command prints is the secret', async () => {
  const source = sourceFromCommand('printf one; printf two');
  expect(source).toMatchObject({ name: 'command', kind: 'file' });
  expect((await readSource(source)).bytes.toString()).toBe('onetwo');
});

test('more than a pipe holds is read to its end', async () => {
  const { bytes } = await readSource(sourceFromCommand('head -c 3000000 /dev/zero'));
  expect(bytes.length).toBe(3_000_000);
});

test.each([
  'exit 3',
  'printf secret; exit 1',
  'printf secret; kill -9 $$',
  'no-such-command-here 2>&-',
])('the failure of a command is the failure of its source: %s', async (command) => {
  await expect(readSource(sourceFromCommand(command))).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
  });
});

test('a command that prints nothing is an empty source', async () => {
  await expect(readSource(sourceFromCommand('true'))).rejects.toMatchObject({
    code: 'SOURCE_EMPTY',
  });
});

test('a command gets no standard input', async () => {
  await expect(readSource(sourceFromCommand('cat'))).rejects.toMatchObject({
    code: 'SOURCE_EMPTY',
  });
});

test('cancelling ends the command and what it started', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-command-'));
  const pids = join(dir.path, 'pids');
  const abort = new AbortController();
  const reading = readSource(
    sourceFromCommand(`sleep 1000 & echo $$ $! >${pids}; printf secret; wait`),
    { signal: abort.signal, during: async () => abort.abort() },
  );
  await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
  for (const pid of (await readFile(pids, 'utf8')).trim().split(' ')) {
    await expectGone(Number(pid));
  }
});

test('a command that is not read to its end is ended', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-command-'));
  const pids = join(dir.path, 'pids');
  {
    await using opened = await sourceFromCommand(`echo $$ >${pids}; exec sleep 1000`).open({});
    expect(opened.size).toBeNull();
    await wait(200);
  }
  await expectGone(Number(await readFile(pids, 'utf8')));
});

async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    // An orphan may wait for a lazy init to reap it.
    const status = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => ' Z ');
    if (status.includes(' Z ')) return;
    await wait(50);
  }
  expect.fail(`process ${String(pid)} still runs`);
}
