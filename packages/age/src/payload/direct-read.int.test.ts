import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decryptFile } from '../decrypt-file.ts';
import { encryptFile } from '../encrypt-file.ts';
import { readHeader } from '../header/read.ts';
import { X25519Identity } from '../recipients/x25519.ts';
import { Secret } from '../secret.ts';
import { openCollector } from '../testing/ends.ts';
import { openMount } from '../testing/mount.ts';
import { openScratch } from '../testing/scratch.ts';
import { digestFile } from './digest-file.ts';
import { DirectReader, readDirect } from './direct-read.ts';
import { CHUNK_SIZE, SEALED_CHUNK_SIZE } from './layout.ts';
import { openFile } from './open-file.ts';
import { sealFile } from './seal-file.ts';

const DIRECT = constants.O_RDONLY | constants.O_DIRECT;
const MIB = 1024 * 1024;
const sizes = [0, 1, 511, 4096, 65_535, 65_536, 65_537, 3 * MIB + 17];
const fileKey = Secret.copy(randomBytes(16));
const identity = X25519Identity.generate();
/** Small pieces, and every thread at work however little there is to do. */
const tuning = { unitChunks: 2, segmentSize: 300_001, workersFrom: 0, everyThread: true };

const ways = (['ext4', 'xfs'] as const).flatMap((type) =>
  [1, 3].map((threads) => ({ type, threads })),
);

test.each(ways)('$threads threads read $type directly as through the cache', async (way) => {
  using mount = openMount(way.type);
  const { threads } = way;
  for (const size of threads === 1 ? sizes : sizes.slice(-1)) {
    using scratch = openScratch(mount.folder);
    const plaintext = randomBytes(size);
    const before = randomBytes(size === 4096 ? 4096 : 777);
    scratch.write('plain', Buffer.concat([before, plaintext, randomBytes(99)]));
    const region = { offset: before.length, size };
    const cached = { fd: scratch.open('plain', 'r'), ...region };
    const direct = { fd: scratch.open('plain', DIRECT), ...region, direct: true };
    const digests = await digestFile(cached, { threads }, tuning);
    expect(await digestFile(direct, { threads }, tuning)).toEqual(digests);

    const output = { fd: scratch.open('sealed', 'w'), offset: 13 };
    const sealed = await sealFile(direct, output, fileKey, { threads }, tuning);
    expect(sealed.plaintextSize).toBe(size);
    const input = {
      fd: scratch.open('sealed', DIRECT),
      offset: 10,
      size: sealed.size + 3,
      direct: true,
    };
    for (const digests of [false, true]) {
      const collector = openCollector(scratch, 'file');
      const options = { threads, digests };
      const opened = await openFile(input, 3, collector.output, fileKey, options, tuning);
      expect(opened.size).toBe(size);
      expect((await collector.collected()).equals(plaintext)).toBe(true);
    }
  }
});

test('a whole file is encrypted and decrypted directly, up to its end', async () => {
  using mount = openMount('ext4');
  for (const size of sizes) {
    using scratch = openScratch(mount.folder);
    const plaintext = randomBytes(size);
    scratch.write('plain', plaintext);
    const from = { fd: scratch.open('plain', DIRECT), offset: 0, direct: true };
    const to = { fd: scratch.open('sealed', 'w'), offset: 0 };
    const report = await encryptFile(from, to, [identity.recipient()]);
    expect(report.plaintextSize).toBe(size);

    const input = { fd: scratch.open('sealed', DIRECT), offset: 0, direct: true };
    expect((await readHeader(input)).size).toBeLessThan(report.size);
    const collector = openCollector(scratch, 'file');
    const { encrypted } = await decryptFile(input, collector.output, [identity], { digests: true });
    expect(encrypted?.size).toBe(report.size);
    expect((await collector.collected()).equals(plaintext)).toBe(true);
  }
});

test('any bytes are read, as far as the file goes', async () => {
  using mount = openMount('ext4');
  using scratch = openScratch(mount.folder);
  const content = randomBytes(300_001);
  scratch.write('file', content);
  const fd = scratch.open('file', DIRECT);
  const reader = new DirectReader(10_000);
  const place = fc.nat(content.length + 10_000);
  await fc.assert(
    fc.asyncProperty(place, fc.nat(200_000), fc.nat(20), async (position, length, skip) => {
      const expected = content.subarray(position, position + length);
      const memory = new Uint8Array(length + skip);
      const into = memory.subarray(skip);
      expect(await readDirect(fd, into, position)).toBe(expected.length);
      expect(expected.equals(into.subarray(0, expected.length))).toBe(true);
      expect(memory.subarray(0, skip).every((byte) => byte === 0)).toBe(true);
      expect(into.subarray(expected.length).every((byte) => byte === 0)).toBe(true);

      const count = reader.readSync(fd, into.fill(0), position);
      expect(count).toBeGreaterThanOrEqual(Math.min(expected.length, 10_000));
      expect(count).toBeLessThanOrEqual(expected.length);
      expect(expected.subarray(0, count).equals(into.subarray(0, count))).toBe(true);
    }),
  );
});

test('what the medium holds is read, and not what the page cache does', async () => {
  using mount = openMount('ext4');
  using scratch = openScratch(mount.folder);
  scratch.write('plain', randomBytes(20 * CHUNK_SIZE));
  const output = { fd: scratch.open('sealed', 'w'), offset: 0 };
  const plain = { fd: scratch.open('plain', 'r'), offset: 0 };
  await sealFile(plain, output, fileKey);
  fsyncSync(output.fd);
  const content = scratch.read('sealed');

  // Past the file system, which knows nothing of it: its cached pages stay as they are.
  const at = 11 * SEALED_CHUNK_SIZE;
  const place = readFileSync(mount.image).indexOf(
    content.subarray(at - (at % 4096)).subarray(0, 4096),
  );
  expect(place).toBeGreaterThan(0);
  const altered = Buffer.from(content);
  altered.writeUInt8(content.readUInt8(at) ^ 1, at);
  writeInto(mount.image, altered.subarray(at, at + 1), place + (at % 4096));

  const cached = { fd: scratch.open('sealed', 'r'), offset: 0 };
  const direct = { fd: scratch.open('sealed', DIRECT), offset: 0, direct: true };
  scratch.write('altered', altered);
  const asAltered = { fd: scratch.open('altered', 'r'), offset: 0 };
  for (const threads of [1, 3]) {
    const digests = await digestFile(cached, { threads }, tuning);
    const alteredDigests = await digestFile(asAltered, { threads }, tuning);
    expect(alteredDigests).not.toEqual(digests);
    expect(await digestFile(direct, { threads }, tuning)).toEqual(alteredDigests);
    for (const digests of [false, true]) {
      const options = { threads, digests };
      const fromCache = await openFile(cached, 0, null, fileKey, options, tuning);
      expect(fromCache.size).toBe(20 * CHUNK_SIZE);
      const fromMedium = openFile(direct, 0, null, fileKey, options, tuning);
      await expect(fromMedium).rejects.toMatchObject({ code: 'AGE_PAYLOAD_DAMAGED' });
    }
  }
  const [inCache, onMedium] = [new Uint8Array(1), new Uint8Array(1)];
  readSync(cached.fd, inCache, 0, 1, at);
  await readDirect(direct.fd, onMedium, at);
  expect(onMedium[0]).toBe(inCache[0]! ^ 1);
});

function writeInto(path: string, bytes: Uint8Array, position: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, position);
  fsyncSync(fd);
  closeSync(fd);
}
