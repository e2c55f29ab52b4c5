import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { openScratch } from '../testing/scratch.ts';
import { Control } from './control.ts';
import { openInput, openOutput } from './file-end.ts';
import { startWorker } from './start-worker.ts';
import type { Task } from './task.ts';

function sealTask(scratch: ReturnType<typeof openScratch>, unitSize: number): Task {
  scratch.write('input', new Uint8Array(1000));
  using end = openInput({ fd: scratch.open('input', 'r'), offset: 0 });
  using output = openOutput({ fd: scratch.open('output', 'w'), offset: 0 });
  return {
    kind: 'seal',
    payloadKey: createSecretKey(new Uint8Array(32)),
    nonce: new Uint8Array(16),
    input: { end, start: 0, size: 1000, unitSize },
    output,
  };
}

test('a worker that throws what nobody foresaw stops the others and says what it was', async () => {
  using scratch = openScratch();
  const control = Control.create();
  const worker = startWorker(sealTask(scratch, -10), control);
  await worker.begun();
  const failure = await worker.finish();
  expect(failure).toBeInstanceOf(Error);
  expect(failure?.message).toContain('length');
  expect(control.stopped).toBe(true);
});

test('a worker that comes too late does nothing, and nobody waits for it', async () => {
  using scratch = openScratch();
  const control = Control.create();
  const worker = startWorker(sealTask(scratch, 65_536), control);
  expect(await worker.finish()).toBeNull();
  expect(control.stopped).toBe(false);
  expect(scratch.read('output').length).toBe(0);
});

test('a worker that works alone does all of it', async () => {
  using scratch = openScratch();
  const control = Control.create();
  const worker = startWorker(sealTask(scratch, 65_536), control);
  await worker.begun();
  expect(await worker.finish()).toBeNull();
  expect(control.done).toBe(1000);
  expect(scratch.read('output').length).toBe(16 + 1000 + 16);
});
