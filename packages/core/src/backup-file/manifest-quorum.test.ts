import { expect, test } from 'vitest';
import { encodeManifest, type Manifest, type ManifestQuorum } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { sampleManifest } from './testing/sample-backup.ts';

const digest = 'ab'.repeat(32);

const custodian = (name: string, index: number) => ({
  ...{ name, index, commitment: digest },
  factors: [{ kind: 'password' as const }],
});

const quorum: ManifestQuorum = {
  kind: 'quorum',
  threshold: 2,
  set: '00112233445566778899aabbccddeeff',
  predecessors: ['11'.repeat(16)],
  custodians: [custodian('alice', 200), custodian('bob', 3), custodian('carol', 77)],
};

const manifest: Manifest = {
  ...sampleManifest(),
  combiner: { sha256: digest },
  envelopes: [
    {
      index: 2,
      factors: [quorum],
      files: quorum.custodians.map(({ name }) => ({
        path: `envelopes/2/${name}.age`,
        sha256: digest,
      })),
    },
  ],
};

const [envelope] = manifest.envelopes;

const parsing = async (value: unknown): Promise<unknown> =>
  await parseManifest(Buffer.from(`${JSON.stringify(value, null, 2)}\n`)).then(
    () => 'read',
    (error: unknown) => (error as { code?: unknown }).code,
  );

const within = (change: object): object => ({
  ...manifest,
  envelopes: [{ ...envelope, factors: [{ ...quorum, ...change }] }],
});

test('a quorum is read, in its one form', async () => {
  expect(await parseManifest(encodeManifest(manifest))).toEqual(manifest);
});

test('a manifest without a quorum does not speak of one', () => {
  const text = Buffer.from(encodeManifest(sampleManifest())).toString();
  expect(text).not.toMatch(/combiner|quorum|custodian/);
});

const [alice, bob, carol] = quorum.custodians;
const many = Array.from({ length: 256 }, (_, at) =>
  custodian(`c${String(at).padStart(3, '0')}`, 1),
);

test.each<[string, object]>([
  ['a threshold of 1', within({ threshold: 1 })],
  ['a threshold that nobody can reach', within({ threshold: 4 })],
  ['a set that is too short', within({ set: 'abcd' })],
  ['itself among its predecessors', within({ predecessors: [quorum.set] })],
  ['a predecessor twice', within({ predecessors: ['11'.repeat(16), '11'.repeat(16)] })],
  ['one custodian', within({ custodians: [alice] })],
  ['256 custodians', within({ custodians: many })],
  ['custodians out of order', within({ custodians: [bob, alice, carol] })],
  ['a custodian twice', within({ custodians: [alice, alice, carol] })],
  ['an index twice', within({ custodians: [alice, { ...bob, index: 200 }, carol] })],
  ['an index of 0', within({ custodians: [alice, { ...bob, index: 0 }, carol] })],
  ['an index of 256', within({ custodians: [alice, { ...bob, index: 256 }, carol] })],
  ['a name that is a path', within({ custodians: [{ ...alice, name: '../alice' }, bob, carol] })],
  ['a custodian without factors', within({ custodians: [{ ...alice, factors: [] }, bob, carol] })],
  [
    'a custodian who is a quorum',
    within({ custodians: [{ ...alice, factors: [quorum] }, bob, carol] }),
  ],
  ['an unknown member', within({ more: 1 })],
  ['a custodian with an unknown member', within({ custodians: [{ ...alice, x: 1 }, bob, carol] })],
  [
    'a file too few',
    { ...manifest, envelopes: [{ ...envelope, files: envelope?.files.slice(1) }] },
  ],
  [
    'files in another order',
    { ...manifest, envelopes: [{ ...envelope, files: envelope?.files.toReversed() }] },
  ],
  [
    'the file of an envelope for one',
    {
      ...manifest,
      envelopes: [{ ...envelope, files: [{ path: 'envelopes/2.age', sha256: digest }] }],
    },
  ],
  [
    'a password beside it',
    { ...manifest, envelopes: [{ ...envelope, factors: [quorum, { kind: 'password' }] }] },
  ],
  ['no combiner', { ...manifest, combiner: undefined }],
])('a quorum with %s is no manifest', async (_what, value) => {
  expect(await parsing(value)).toBe('BACKUP_DAMAGED');
});

test('a combiner without a quorum is no manifest', async () => {
  const { readme, ...rest } = sampleManifest();
  expect(await parsing({ ...rest, readme, combiner: { sha256: digest } })).toBe('BACKUP_DAMAGED');
});
