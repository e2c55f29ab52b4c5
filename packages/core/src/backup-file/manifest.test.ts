import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyDetails } from '../testing/key-details.ts';
import { createdText, encodeManifest, type Manifest, type ManifestFactor } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { SEGMENT_SIZE, digestOfSegments } from './segments.ts';
import { sampleManifest } from './testing/sample-backup.ts';

const hex = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((b) => Buffer.from(b).toString('hex'));

const line = (limit: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: limit })
    .filter(
      (text) =>
        Array.from(text).length <= limit &&
        !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text),
    );

const lineOrNone = (limit: number) => fc.oneof(fc.constant(''), line(limit));

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });

const plainFactors = fc.array(
  fc.oneof(
    fc.constant({ kind: 'password' as const }),
    fc.record({
      kind: fc.constant('recipient' as const),
      recipient: optional(fc.stringMatching(/^age1[0-9a-z]{1,80}$/)),
    }),
    fc.constant({ kind: 'token' as const, token: null, identity: null }),
    fc
      .record({
        token: fc.record({ label: lineOrNone(32), serial: lineOrNone(16) }),
        label: lineOrNone(80),
        id: fc.uint8Array({ maxLength: 255 }).map((id) => Buffer.from(id).toString('hex')),
        key: fc.oneof(
          fc.record({
            algorithm: fc.constantFrom('p256' as const, 'rsa' as const),
            fingerprint: hex(32),
          }),
          fc.record({
            algorithm: fc.constantFrom('aes' as const, 'hmac' as const),
            fingerprint: hex(16),
          }),
        ),
        identity: fc.stringMatching(/^AGE-PLUGIN-HOLDFAST-1[0-9A-Z]{1,80}$/),
      })
      .map(({ token, label, id, key, identity }) => ({
        kind: 'token' as const,
        token: { token, label, id, ...key },
        identity,
      })),
  ),
  { minLength: 1, maxLength: 3 },
);

const quorums = fc
  .uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/), { minLength: 2, maxLength: 6 })
  .chain((names) =>
    fc.record({
      kind: fc.constant('quorum' as const),
      threshold: fc.integer({ min: 2, max: names.length }),
      set: hex(16),
      predecessors: fc.uniqueArray(hex(16), { maxLength: 3 }),
      custodians: fc
        .tuple(
          fc.uniqueArray(fc.integer({ min: 1, max: 255 }), {
            minLength: names.length,
            maxLength: names.length,
          }),
          fc.array(plainFactors, { minLength: names.length, maxLength: names.length }),
          hex(32),
        )
        .map(([indexes, lists, commitment]) =>
          names
            .toSorted((a, b) => (a < b ? -1 : 1))
            .map((name, at) => ({
              name,
              index: indexes[at] ?? 1,
              factors: lists[at] ?? [],
              commitment,
            })),
        ),
    }),
  )
  .filter(({ set, predecessors }) => !predecessors.includes(set));

const factors: fc.Arbitrary<readonly ManifestFactor[]> = fc.oneof(
  plainFactors,
  quorums.map((quorum) => [quorum]),
);

const filesOf = (index: number, list: readonly ManifestFactor[]): string[] => {
  const [only] = list;
  if (only?.kind !== 'quorum') return [`envelopes/${String(index)}.age`];
  return only.custodians.map(({ name }) => `envelopes/${String(index)}/${name}.age`);
};

const manifests: fc.Arbitrary<Manifest> = fc
  .record({
    id: fc.uuid(),
    generation: fc.integer({ min: 1, max: 1000 }),
    digest: hex(32),
    secret: optional(line(80)),
    created: fc.integer({ min: 0, max: 8 ** 11 - 1 }).map((s) => createdText(new Date(s * 1000))),
    host: optional(line(60)),
    holdfast: optional(line(20)),
    hint: optional(line(512)),
    kind: fc.constantFrom('file' as const, 'tar' as const),
    segments: fc.array(hex(32), { minLength: 1, maxLength: 4 }),
    last: fc.integer({ min: 1, max: SEGMENT_SIZE }),
    indexes: fc.uniqueArray(fc.integer({ min: 1, max: 999_999 }), { minLength: 1, maxLength: 5 }),
    factors,
    waivers: fc.subarray(['single-point-of-failure' as const]),
  })
  .map(({ digest, segments, last, indexes, factors: list, ...rest }) => ({
    format: 'holdfast-backup/1' as const,
    ...rest,
    previous: rest.generation === 1 ? null : digest,
    readme: { sha256: digest },
    ...(list.some(({ kind }) => kind === 'quorum') && { combiner: { sha256: digest } }),
    payload: {
      size: (segments.length - 1) * SEGMENT_SIZE + last,
      segmentSize: SEGMENT_SIZE,
      sha256: segments,
      digest: digestOfSegments(segments),
    },
    envelopes: indexes
      .toSorted((a, b) => a - b)
      .map((index) => ({
        index,
        factors: list,
        files: filesOf(index, list).map((path) => ({ path, sha256: digest })),
      })),
  }));

test('what was encoded is parsed again', async () => {
  await fc.assert(
    fc.asyncProperty(manifests, async (manifest) => {
      expect(await parseManifest(encodeManifest(manifest))).toEqual(manifest);
    }),
  );
});

test('the order in which a manifest was put together does not show', () => {
  const manifest = sampleManifest();
  const reversed = Object.fromEntries(Object.entries(manifest).reverse()) as unknown as Manifest;
  expect(encodeManifest(reversed)).toEqual(encodeManifest(manifest));
});

test('a manifest with any byte changed is another manifest or none', async () => {
  const bytes = encodeManifest(sampleManifest());
  const original = await parseManifest(bytes);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ mask;
        const result = await parseManifest(changed).catch((error: unknown) => error);
        if (result instanceof Error) {
          expect(['BACKUP_DAMAGED', 'FORMAT_UNSUPPORTED']).toContain(
            (result as Error & { code?: string }).code,
          );
        } else {
          expect(result).not.toEqual(original);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('any bytes at all end in a typed error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      async (bytes) => {
        await expect(parseManifest(bytes)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
      },
    ),
  );
});

const text = new TextDecoder().decode(encodeManifest(sampleManifest()));

test.each([
  ['a key twice', text.replace('"host": "gitlab-1"', '"host": "x",\n  "host": "gitlab-1"')],
  ['no final newline', text.trimEnd()],
  ['Windows line ends', text.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\uFEFF${text}`],
  ['an escape where none is needed', text.replace('gitlab-1', 'gitl\\u0061b-1')],
  ['a number with a fraction', text.replace('"generation": 1', '"generation": 1.0')],
  ['other spaces', text.replace('"generation": 1', '"generation":  1')],
  ['a prototype', text.replace('{\n', '{\n  "__proto__": {},\n')],
])('JSON with %s is not canonical', async (_, changed) => {
  expect(changed).not.toBe(text);
  await expect(parseManifest(new TextEncoder().encode(changed))).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
  });
});

const { envelopes, payload } = sampleManifest();

test.each<[string, Record<string, unknown>]>([
  ['an unknown field', { comment: 'x' }],
  ['an id that is none', { id: 'x' }],
  ['generation 0', { generation: 0 }],
  ['a second generation without predecessor', { generation: 2 }],
  ['a first generation with one', { previous: 'a'.repeat(64) }],
  ['a fraction of a second', { created: '2026-11-22T20:24:07.5Z' }],
  ['a day that there is not', { created: '2026-02-30T00:00:00Z' }],
  ['a time that tar cannot hold', { created: '2300-01-01T00:00:00Z' }],
  ['a hint of 513 characters', { hint: 'x'.repeat(513) }],
  ['a hint with a control character', { hint: 'a\u001b[2J' }],
  ['a hint that turns the writing direction', { hint: 'a\u202eb' }],
  ['an empty hint', { hint: '' }],
  ['a name with a line break', { secret: 'a\nb' }],
  ['an unknown kind', { kind: 'zip' }],
  ['no envelope', { envelopes: [] }],
  ['an envelope twice', { envelopes: [envelopes[0], envelopes[0]] }],
  ['envelopes out of order', { envelopes: envelopes.toReversed() }],
  ['an envelope without factors', { envelopes: [{ ...envelopes[0], factors: [] }] }],
  ['an unknown factor', { envelopes: [{ ...envelopes[0], factors: [{ kind: 'oath' }] }] }],
  [
    'an envelope with another’s file',
    { envelopes: [{ ...envelopes[0], files: envelopes[1]?.files }] },
  ],
  ['an envelope without files', { envelopes: [{ ...envelopes[0], files: [] }] }],
  ['a segment digest that is not hexadecimal', { payload: { ...payload, sha256: ['xyz'] } }],
  ['an empty payload', { payload: { ...payload, size: 0 } }],
  ['more bytes than segments', { payload: { ...payload, size: SEGMENT_SIZE + 1 } }],
  ['another segment size', { payload: { ...payload, segmentSize: 1024 } }],
  [
    'a payload digest that is not that of its segments',
    { payload: { ...payload, digest: 'a'.repeat(64) } },
  ],
])('a manifest with %s is damaged', async (_, change) => {
  const bytes = new TextEncoder().encode(
    `${JSON.stringify({ ...sampleManifest(), ...change }, null, 2)}\n`,
  );
  await expect(parseManifest(bytes)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

test('a later format version is named as such before anything else is looked at', async () => {
  const bytes = new TextEncoder().encode('{"format": "holdfast-backup/2", "new": true}');
  await expect(parseManifest(bytes)).rejects.toMatchObject({
    code: 'FORMAT_UNSUPPORTED',
    message: expect.stringContaining('version 2') as string,
  });
});

test('a hint counts characters, not bytes', async () => {
  const manifest = sampleManifest({ manifest: { hint: '🗝'.repeat(512) } });
  expect((await parseManifest(encodeManifest(manifest))).hint).toBe(manifest.hint);
});

test('an error never quotes what stands in the file', async () => {
  const bytes = new TextEncoder().encode(text.replace('"kind"', '"\\u001b[31mevil"'));
  await expect(parseManifest(bytes)).rejects.toMatchObject({
    message: expect.not.stringContaining('evil') as string,
  });
});

test('a moment is cut to whole seconds', () => {
  expect(createdText(new Date('2026-01-02T03:04:05.999Z'))).toBe('2026-01-02T03:04:05Z');
});

const details = keyDetails();
const line9 = `AGE-PLUGIN-HOLDFAST-1${'Q'.repeat(9)}`;

test.each<[string, unknown]>([
  ['an unknown member', { token: details, identity: line9, more: 1 }],
  ['an unknown member of the key', { token: { ...details, module: '/a.so' }, identity: line9 }],
  ['details without a line', { token: details, identity: null }],
  ['a line without details', { token: null, identity: line9 }],
  ['a line that is none', { token: details, identity: 'AGE-SECRET-KEY-1QQQ' }],
  ['a line that is too long', { token: details, identity: `${line9}${'Q'.repeat(8192)}` }],
  ['a label of two lines', { token: { ...details, label: 'a\nb' }, identity: line9 }],
  ['a label that is too long', { token: { ...details, label: 'a'.repeat(256) }, identity: line9 }],
  [
    'a token label that is too long',
    { token: { ...details, token: { label: 'a'.repeat(65), serial: '' } }, identity: line9 },
  ],
  [
    'a token label that turns the writing direction',
    { token: { ...details, token: { label: 'a\u202e', serial: '' } }, identity: line9 },
  ],
  ['an id of half an octet', { token: { ...details, id: '012' }, identity: line9 }],
  ['an id in capitals', { token: { ...details, id: 'AB' }, identity: line9 }],
  ['an id that is too long', { token: { ...details, id: '00'.repeat(256) }, identity: line9 }],
  ['a key of another kind', { token: { ...details, algorithm: 'dsa' }, identity: line9 }],
  [
    'the fingerprint of another kind of key',
    { token: { ...details, fingerprint: 'ab'.repeat(16) }, identity: line9 },
  ],
])('a token factor with %s is no manifest', async (_what, factor) => {
  const manifest = sampleManifest();
  const [first] = manifest.envelopes;
  const factors = [{ kind: 'token', ...(factor as object) }];
  const text = Buffer.from(encodeManifest(manifest)).toString();
  const value = JSON.parse(text) as Record<string, unknown>;
  value['envelopes'] = [{ ...first, factors }];
  const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  await expect(parseManifest(bytes)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

test('a waiver that nobody knows is no manifest', async () => {
  for (const waivers of [['other'], ['single-point-of-failure', 'single-point-of-failure']]) {
    const manifest = sampleManifest({ manifest: { waivers: waivers as never } });
    await expect(parseManifest(encodeManifest(manifest))).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
    });
  }
});
