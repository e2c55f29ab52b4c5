import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { coreError } from '../errors.ts';
import { runCheck } from './check-command.ts';

const LONG = 60_000;

async function openFolder(): Promise<AsyncDisposable & { at(name: string): string }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-check-'));
  return {
    at: (name) => join(folder, name),
    [Symbol.asyncDispose]: async () => {
      await rm(folder, { recursive: true });
    },
  };
}

/** Fresh bytes each time: they are wiped. */
async function* pieces(...all: readonly (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield Uint8Array.from(Buffer.from(piece));
}

/** The process whose number a file holds, when it is still there. */
async function isRunning(path: string): Promise<boolean> {
  const status = await readFile(`/proc/${(await readFile(path, 'latin1')).trim()}/stat`, 'latin1');
  return !/\) [ZX] /.test(status);
}

async function hasEnded(path: string): Promise<void> {
  await expect.poll(async () => await isRunning(path).catch(() => false)).toBe(false);
}

test('a check command gets exactly the bytes, and passes with status 0', async () => {
  await using folder = await openFolder();
  const content = randomBytes(300_000);
  const command = `cat > '${folder.at('got')}'`;
  const parts = [content.subarray(0, 1), content.subarray(1, 200_000), content.subarray(200_000)];
  const outcome = await runCheck({ command, timeout: LONG }, pieces(...parts), undefined);
  expect(outcome).toEqual({ exit: 0, timedOut: false, handedOver: true });
  expect((await readFile(folder.at('got'))).equals(content)).toBe(true);
});

test('its status is told, and what it prints is not', async () => {
  const check = { command: 'cat; exit 3', timeout: LONG };
  const outcome = await runCheck(check, pieces('the secret'), undefined);
  expect(outcome).toEqual({ exit: 3, timedOut: false, handedOver: true });
});

test('a command that a signal ends has no status', async () => {
  const check = { command: 'kill -9 $$', timeout: LONG };
  expect(await runCheck(check, pieces('s'), undefined)).toMatchObject({ exit: null });
});

test('a command that is not there fails as a shell has it', async () => {
  const check = { command: 'exec 2>/dev/null; no-such-command-anywhere', timeout: LONG };
  expect(await runCheck(check, pieces('s'), undefined)).toMatchObject({ exit: 127 });
});

test('a command may leave the secret unread, and that is told', async () => {
  const large = new Uint8Array(4 << 20);
  const check = { command: 'exec true', timeout: LONG };
  const outcome = await runCheck(check, pieces(large), undefined);
  expect(outcome).toEqual({ exit: 0, timedOut: false, handedOver: false });
});

test('a command that takes too long is ended, with all that it started', async () => {
  await using folder = await openFolder();
  const command = `sleep 300 & echo $! > '${folder.at('pid')}'; cat > /dev/null; wait`;
  const outcome = await runCheck({ command, timeout: 500 }, pieces('s'), undefined);
  expect(outcome).toMatchObject({ exit: null, timedOut: true });
  await hasEnded(folder.at('pid'));
});

test('one that ignores SIGTERM, and reads nothing, is ended all the same', async () => {
  await using folder = await openFolder();
  const command = `trap '' TERM; echo $$ > '${folder.at('pid')}'; while :; do sleep 1; done`;
  const large = new Uint8Array(4 << 20);
  const started = performance.now();
  const outcome = await runCheck({ command, timeout: 300 }, pieces(large), undefined);
  expect(outcome).toEqual({ exit: null, timedOut: true, handedOver: false });
  expect(performance.now() - started).toBeGreaterThan(2000);
  await hasEnded(folder.at('pid'));
});

test('what a command leaves running in the background does not outlive it', async () => {
  await using folder = await openFolder();
  const command = `(trap '' TERM HUP; exec sleep 300) & echo $! > '${folder.at('pid')}'`;
  const large = new Uint8Array(4 << 20);
  const outcome = await runCheck({ command, timeout: LONG }, pieces(large), undefined);
  expect(outcome).toMatchObject({ exit: 0, timedOut: false, handedOver: false });
  await hasEnded(folder.at('pid'));
});

test('whoever left the group with its input cannot keep us waiting', async () => {
  await using folder = await openFolder();
  const command = `setsid sh -c 'echo $$ > "${folder.at('pid')}"; exec sleep 300' & exec sleep 1`;
  const large = new Uint8Array(4 << 20);
  try {
    const outcome = await runCheck({ command, timeout: LONG }, pieces(large), undefined);
    expect(outcome).toMatchObject({ exit: 0, handedOver: false });
  } finally {
    process.kill(Number(await readFile(folder.at('pid'), 'latin1')), 'SIGKILL');
  }
});

test('cancelling ends it, and is no verdict', async () => {
  await using folder = await openFolder();
  const stop = new AbortController();
  const command = `echo $$ > '${folder.at('pid')}'; cat > /dev/null; exec sleep 300`;
  const checking = runCheck({ command, timeout: LONG }, pieces('s'), stop.signal);
  setTimeout(() => {
    stop.abort();
  }, 300);
  await expect(checking).rejects.toMatchObject({ code: 'CANCELLED' });
  await hasEnded(folder.at('pid'));
  const late = runCheck({ command: 'true', timeout: LONG }, pieces('s'), stop.signal);
  await expect(late).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('when the secret fails in the middle, the command sees no end of it', async () => {
  await using folder = await openFolder();
  await writeFile(folder.at('end'), 'no');
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
    await sleep(200);
    throw coreError('BACKUP_DAMAGED', 'planted');
  }
  const command = `cat > /dev/null; echo yes > '${folder.at('end')}'`;
  const checking = runCheck({ command, timeout: LONG }, failing(), undefined);
  await expect(checking).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  await sleep(200);
  expect(await readFile(folder.at('end'), 'latin1')).toBe('no');
});

test('each piece is wiped once it was handed over', async () => {
  const piece = Uint8Array.from(Buffer.from('the secret'));
  async function* one(): AsyncGenerator<Uint8Array> {
    yield piece;
  }
  await runCheck({ command: 'cat', timeout: LONG }, one(), undefined);
  expect(piece.every((byte) => byte === 0)).toBe(true);
});
