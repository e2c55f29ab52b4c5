import { mkdtemp, open, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelopePath } from './layout.ts';
import { encodeManifest } from './manifest.ts';
import { readBackupFile } from './reader.ts';
import { backupWriter } from './writer.ts';
import { alterHeader, joinTar, splitTar, type RawEntry } from './testing/tar-blocks.ts';
import {
  readBytes,
  sampleBackup,
  sampleManifest,
  samplePayload,
  type SampleOptions,
} from './testing/sample-backup.ts';

const sample = await sampleBackup();
const entries = splitTar(sample);
const [readme, payload, first, fourth, manifest, signature] = entries as [
  RawEntry,
  RawEntry,
  RawEntry,
  RawEntry,
  RawEntry,
  RawEntry,
];

test('what was written is read again', async () => {
  const backup = await readBytes(sample);
  expect(backup.manifest).toEqual(sampleManifest());
  expect(backup.manifestBytes).toEqual(new Uint8Array(encodeManifest(sampleManifest())));
  expect([...backup.envelopes.keys()]).toEqual(['envelopes/1.age', 'envelopes/4.age']);
  expect(Buffer.from(backup.envelopes.get('envelopes/4.age') ?? []).toString()).toBe('the fourth');
  const { offset, size } = backup.payload;
  expect(sample.subarray(offset, offset + size)).toEqual(samplePayload);
  expect(backup.size).toBe(sample.length);
  expect(Buffer.from(backup.signature ?? []).toString()).toMatch(
    /^-----BEGIN SSH SIGNATURE-----\n/,
  );
  expect(Buffer.from(backup.readme).toString()).toContain('HOW TO RESTORE');
});

test('a backup may be unsigned', async () => {
  expect((await readBytes(await sampleBackup({ privateKey: null }))).signature).toBeNull();
});

test('any payload and any envelopes survive being written and read', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 2000 });
  const envelopes = fc.dictionary(fc.integer({ min: 1, max: 999_999 }).map(String), bytes, {
    minKeys: 1,
    maxKeys: 5,
  });
  await fc.assert(
    fc.asyncProperty(bytes, envelopes, async (content, files) => {
      const options: SampleOptions = { payload: content, envelopes: files };
      const whole = await sampleBackup(options);
      const backup = await readBytes(whole);
      const { offset, size } = backup.payload;
      expect(whole.subarray(offset, offset + size)).toEqual(Buffer.from(content));
      const found = Object.entries(files).map(([index, file]) => [
        envelopePath(Number(index)),
        file,
      ]);
      expect([...backup.envelopes]).toEqual(found);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['an empty file', Buffer.alloc(0)],
  ['a few bytes', Buffer.from('hello')],
  ['zeros', Buffer.alloc(20_480)],
  ['text', Buffer.from('x'.repeat(5000))],
  ['another tar', joinTar([alterHeader(first, { 0: 'etc/passwd\0\0\0\0\0' })])],
  [
    'a tar by another program',
    joinTar([alterHeader(readme, { 100: '0000644' }), ...entries.slice(1)]),
  ],
  ['a tar with a pax header', joinTar([alterHeader(readme, { 156: 'x' }), ...entries])],
  ['a tar that begins with another part', joinTar([payload, ...entries.slice(1)])],
])('%s is not a backup', async (_, bytes) => {
  await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
});

test('a folder or a device is not a backup', async () => {
  for (const path of [tmpdir(), '/dev/null']) {
    await using handle = await open(path);
    await expect(readBackupFile(handle)).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
  }
});

const named = (entry: RawEntry, path: string): RawEntry =>
  alterHeader(entry, { 0: path.padEnd(100, '\0') });
const instead = (entry: RawEntry, other: RawEntry): RawEntry[] =>
  entries.map((each) => (each === entry ? other : each));

test('more envelopes than 64 are refused, by writer and reader', async () => {
  const many = Array.from({ length: 65 }, (_, at) => named(first, envelopePath(at + 1)));
  await expect(
    readBytes(joinTar([readme, payload, ...many, manifest, signature])),
  ).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
    message: expect.stringContaining('64') as string,
  });
  const envelopes = Object.fromEntries(many.map((_, at) => [at + 1, Buffer.from('x')]));
  await expect(sampleBackup({ envelopes })).rejects.toMatchObject({ code: 'ENVELOPE_INVALID' });
});

const body = sample.subarray(0, -1024);

test.each([
  ['one byte appended', Buffer.concat([sample, Buffer.alloc(1)])],
  ['a block appended', Buffer.concat([sample, Buffer.alloc(512)])],
  ['another backup appended', Buffer.concat([sample, sample])],
  ['tar’s own record padding', Buffer.concat([sample, Buffer.alloc(10_240)])],
  ['one zero block at its end', sample.subarray(0, -512)],
  ['no zero blocks', body],
  [
    'something between its last blocks',
    Buffer.concat([body, Buffer.alloc(512), Buffer.alloc(512, 1)]),
  ],
  ['zero blocks in its middle', Buffer.concat([body.subarray(0, 512), Buffer.alloc(1024), body])],
])('a backup with %s is damaged', async (_, bytes) => {
  await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

test('a backup cut short anywhere is damaged', async () => {
  for (let length = 11; length < sample.length; length += 97) {
    await expect(readBytes(sample.subarray(0, length))).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
    });
  }
});

test('the part that is damaged is named', async () => {
  const flip = (entry: RawEntry): RawEntry => {
    const content = Buffer.from(entry.content);
    content[3] = (content[3] ?? 0) ^ 1;
    return { header: entry.header, content };
  };
  for (const [entry, name] of [
    [readme, 'README.txt'],
    [first, 'envelopes/1.age'],
    [fourth, 'envelopes/4.age'],
    [manifest, 'backup.json'],
  ] as const) {
    await expect(readBytes(joinTar(instead(entry, flip(entry))))).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
      message: expect.stringContaining(name) as string,
    });
  }
});

test('a manifest of a later format version is named as such', async () => {
  const later = { header: manifest.header, content: Buffer.from(manifest.content) };
  later.content.write('holdfast-backup/7', later.content.indexOf('holdfast-backup/1'));
  await expect(readBytes(joinTar(instead(manifest, later)))).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
  });
});

test('any file at all is a backup or a typed error', async () => {
  const codes = ['NOT_A_BACKUP', 'BACKUP_DAMAGED', 'FORMAT_UNSUPPORTED'];
  const splice = fc.tuple(fc.nat(sample.length), fc.nat(sample.length), fc.uint8Array());
  await fc.assert(
    fc.asyncProperty(splice, async ([from, to, bytes]) => {
      const altered = Buffer.concat([sample.subarray(0, from), bytes, sample.subarray(to)]);
      const result: unknown = await readBytes(altered).catch((error: unknown) => error);
      if (!(result instanceof Error)) return;
      expect(codes).toContain((result as Error & { code?: string }).code);
    }),
    { numRuns: 500 },
  );
});

test('a payload of 9 GiB is written and found without being read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-reader-'));
  const path = join(folder, 'large.tar');
  const size = 9 * 2 ** 30;
  await using handle = await open(path, 'wx+');
  const writer = backupWriter(handle.fd, new Date('2026-11-22T20:24:07Z'));
  const options = {
    manifest: { payload: { ...sampleManifest().payload, size } },
    privateKey: null,
  };
  await writer.writePart('README.txt', readme.content);
  writer.beginPayload();
  await writer.endPayload(size);
  await writer.writePart('envelopes/1.age', Buffer.from('the first envelope'));
  await writer.writePart('backup.json', encodeManifest(sampleManifest(options)));
  expect(await writer.finish()).toBeGreaterThan(size);
  // Its digests are not those of zeros: reaching the manifest's check shows that the tar was walked.
  await expect(readBackupFile(handle)).rejects.toMatchObject({
    message: expect.stringContaining('payload') as string,
  });
  await truncate(path);
});

test('a writer refuses parts out of order, twice, too large, or missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-writer-'));
  await writeFile(join(folder, 'x'), '');
  await using handle = await open(join(folder, 'x'), 'r+');
  const internal = { code: 'INTERNAL' };
  const fresh = () => backupWriter(handle.fd, new Date(0));
  await expect(fresh().writePart('backup.json', Buffer.from('{}'))).rejects.toMatchObject(internal);
  await expect(fresh().writePart('../x', Buffer.from(''))).rejects.toMatchObject(internal);
  await expect(fresh().writePart('README.txt', Buffer.alloc(65_537))).rejects.toMatchObject(
    internal,
  );
  await expect(fresh().endPayload(1)).rejects.toMatchObject(internal);
  await expect(fresh().finish()).rejects.toMatchObject(internal);
  const writer = fresh();
  await writer.writePart('README.txt', Buffer.from('x'));
  await expect(writer.writePart('README.txt', Buffer.from('x'))).rejects.toMatchObject(internal);
  await expect(writer.writePart('secret.age', Buffer.from('x'))).rejects.toMatchObject(internal);
});
