import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { expect, test } from 'vitest';
import { readHeader } from '../header/read.ts';
import { Secret } from '../secret.ts';
import { openCollector } from '../testing/ends.ts';
import { openScratch } from '../testing/scratch.ts';
import { digestFile } from './digest-file.ts';
import { readDirect } from './direct-read.ts';
import { sealFile } from './seal-file.ts';

const fileKey = Secret.copy(randomBytes(16));

test('a file without an offset is not read directly', async () => {
  using scratch = openScratch();
  scratch.write('file', randomBytes(100));
  const input = { fd: scratch.open('file', 'r'), direct: true };
  const { output } = openCollector(scratch, 'file');
  await expect(sealFile(input, output, fileKey)).rejects.toThrow(TypeError);
  await expect(readHeader(input)).rejects.toThrow(TypeError);
});

test.each([1, 3])('a failing direct read keeps its errno, with %i threads', async (threads) => {
  using scratch = openScratch();
  const fd = scratch.open('.', constants.O_RDONLY);
  const input = { fd, offset: 1, size: 1_000_000, direct: true };
  const failure = { code: 'EISDIR', syscall: 'read' };
  const tuning = { segmentSize: 100_000, workersFrom: 0, everyThread: true };
  await expect(digestFile(input, { threads }, tuning)).rejects.toMatchObject(failure);
  await expect(readHeader(input)).rejects.toMatchObject(failure);
  await expect(readDirect(fd, new Uint8Array(9), 1)).rejects.toMatchObject(failure);
});
