import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { coreError } from '../errors.ts';
import { expect, test } from 'vitest';

import { toCommand } from './command.ts';
import { toStdout } from './stdout.ts';

const run = promisify(execFile);

async function folder() {
  return await mkdtempDisposable(join(tmpdir(), 'holdfast-target-'));
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first half');
  await wait(50);
  throw coreError('BACKUP_DAMAGED', 'the second half is damaged');
}

async function* endless(): AsyncGenerator<Uint8Array> {
  // As a file would: timers must get their turn.
  for (;;) yield await immediate(Buffer.alloc(65536));
}

test('a stream is given everything and stays open', async () => {
  const stream = new PassThrough();
  const reading = buffer(stream);
  const target = toStdout(stream);
  expect(target).toMatchObject({ kind: 'stream', accepts: ['file', 'tar'] });
  expect(await target.consume(pieces('one', 'two'), {})).toBeNull();
  expect(stream.writableEnded).toBe(false);
  stream.end();
  expect((await reading).toString()).toBe('onetwo');
});

test('a full standard output is named so', async () => {
  const stream = createWriteStream('/dev/full');
  await expect(toStdout(stream).consume(pieces('secret'), {})).rejects.toMatchObject({
    code: 'NO_SPACE',
  });
});

test('a standard output that nobody reads on is lost', async () => {
  const child = spawn('head', ['-c', '10'], { stdio: ['pipe', 'ignore', 'inherit'] });
  await expect(toStdout(child.stdin).consume(endless(), {})).rejects.toMatchObject({
    code: 'DESTINATION_LOST',
  });
});

test('writing to a stream stops when it is cancelled', async () => {
  const stream = new PassThrough();
  stream.resume();
  const signal = AbortSignal.timeout(50);
  await expect(toStdout(stream).consume(endless(), { signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});

test('a command is given everything, and then the end', async () => {
  await using dir = await folder();
  const out = join(dir.path, 'out');
  expect(await toCommand(`cat >${out}`).consume(pieces('one', 'two'), {})).toBeNull();
  expect(await readFile(out, 'utf8')).toBe('onetwo');
});

test.each(['exit 3', 'cat >/dev/null; exit 1', 'kill -9 $$', 'head -c 5 >/dev/null'])(
  'a command that fails or does not take everything fails the restore: %s',
  async (command) => {
    const much = pieces(...Array.from({ length: 40 }, () => 'x'.repeat(65536)));
    await expect(toCommand(command).consume(much, {})).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    });
  },
);

test('a command is ended before it could take half a secret for the whole', async () => {
  await using dir = await folder();
  const done = join(dir.path, 'done');
  const command = toCommand(`cat >/dev/null; echo done >${done}`);
  await expect(command.consume(failing(), {})).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  await wait(100);
  await expect(readFile(done)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a command is ended when the restore is cancelled', async () => {
  const signal = AbortSignal.timeout(100);
  const started = performance.now();
  await expect(toCommand('sleep 1000').consume(pieces('secret'), { signal })).rejects.toMatchObject(
    {
      code: 'CANCELLED',
    },
  );
  expect(performance.now() - started).toBeLessThan(5000);
});

test('what a command prints does not mix with our output', async () => {
  await using dir = await folder();
  const script = join(dir.path, 'script.ts');
  const target = new URL('command.ts', import.meta.url).href;
  await writeFile(
    script,
    `import { toCommand } from ${JSON.stringify(target)};
     async function* bytes() { yield Buffer.from('secret'); }
     await toCommand('cat >/dev/null; echo noise').consume(bytes(), {});`,
  );
  const { stdout, stderr } = await run(process.execPath, [script]);
  expect(stdout).toBe('');
  expect(stderr).toContain('noise');
});
