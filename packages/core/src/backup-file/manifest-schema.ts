import * as z from 'zod';
import {
  MAX_CUSTODIANS,
  MAX_ENVELOPE_FILES,
  MAX_ENVELOPES,
  envelopePath,
  isCustodianName,
  parseEnvelopePath,
} from './layout.ts';
import {
  LONGEST_HINT,
  LONGEST_IDENTITY,
  LONGEST_NAME,
  LONGEST_TOKEN_TEXT,
  isLine,
} from './manifest-text.ts';
import { MAX_PREDECESSORS, hasQuorum, type Manifest, type ManifestFactor } from './manifest.ts';
import { SEGMENT_SIZE, digestOfSegments } from './segments.ts';

/** Loaded lazily by manifest.ts: building a schema costs time at start. */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const line = (limit: number) => z.string().refine((text) => isLine(text, limit));

const created = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .refine((text) => {
    const time = Date.parse(text);
    // The upper bound is what eleven octal digits of a tar header hold.
    return (
      time >= 0 &&
      time < 8 ** 11 * 1000 &&
      new Date(time).toISOString() === text.replace('Z', '.000Z')
    );
  });

// A token may have no serial number, and a key no label or no id; each fits what PKCS#11 or a URI holds.
const tokenText = (limit: number) => z.literal('').or(line(limit));

export const keyDetails = z
  .strictObject({
    token: z.strictObject({
      label: tokenText(LONGEST_TOKEN_TEXT),
      serial: tokenText(LONGEST_TOKEN_TEXT),
    }),
    label: tokenText(LONGEST_NAME),
    id: z.string().regex(/^(?:[0-9a-f]{2}){0,255}$/),
    algorithm: z.enum(['p256', 'rsa', 'aes', 'hmac']),
    fingerprint: z.string().regex(/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/),
  })
  .refine(
    ({ algorithm, fingerprint }) =>
      fingerprint.length === (algorithm === 'p256' || algorithm === 'rsa' ? 64 : 32),
  );

const plainFactor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password') }),
  z.strictObject({
    kind: z.literal('recipient'),
    recipient: z
      .string()
      .max(8192)
      .regex(/^age1[0-9a-z]+$/)
      .nullable(),
  }),
  z
    .strictObject({
      kind: z.literal('token'),
      token: keyDetails.nullable(),
      identity: z
        .string()
        .max(LONGEST_IDENTITY)
        .regex(/^AGE-PLUGIN-HOLDFAST-1[0-9A-Z]+$/)
        .nullable(),
    })
    .refine(({ token, identity }) => (token === null) === (identity === null)),
]);

const set = z.string().regex(/^[0-9a-f]{32}$/);

const custodian = z.strictObject({
  name: z.string().refine(isCustodianName),
  index: z.int().min(1).max(MAX_CUSTODIANS),
  factors: z.array(plainFactor).min(1).max(8),
  commitment: sha256,
});

const quorum = z
  .strictObject({
    kind: z.literal('quorum'),
    threshold: z.int().min(2),
    set,
    predecessors: z.array(set).max(MAX_PREDECESSORS),
    custodians: z.array(custodian).min(2).max(MAX_CUSTODIANS),
  })
  .refine(({ threshold, custodians }) => threshold <= custodians.length)
  .refine(
    ({ custodians }) => new Set(custodians.map(({ index }) => index)).size === custodians.length,
  )
  .refine(({ custodians }) => isAscending(custodians.map(({ name }) => name)))
  .refine(
    ({ set, predecessors }) => new Set([set, ...predecessors]).size === predecessors.length + 1,
  );

const factor = z.discriminatedUnion('kind', [...plainFactor.options, quorum]);

const envelope = z
  .strictObject({
    index: z.int().min(1),
    factors: z.array(factor).min(1).max(8),
    files: z
      .array(
        z.strictObject({
          path: z.string().refine((path) => parseEnvelopePath(path) !== null),
          sha256,
        }),
      )
      .min(1)
      .max(MAX_CUSTODIANS),
  })
  .refine(({ index, factors, files }) => {
    const paths = pathsOf(index, factors);
    return paths?.length === files.length && files.every(({ path }, at) => path === paths[at]);
  });

const payload = z
  .strictObject({
    size: z.int().min(1),
    segmentSize: z.literal(SEGMENT_SIZE),
    sha256: z.array(sha256).min(1),
    digest: sha256,
  })
  .refine(({ size, sha256: segments }) => segments.length === Math.ceil(size / SEGMENT_SIZE))
  .refine(({ sha256: segments, digest }) => digestOfSegments(segments) === digest);

export const manifestSchema: z.ZodType<Manifest> = z
  .strictObject({
    format: z.literal('holdfast-backup/1'),
    id: uuid,
    generation: z.int().min(1),
    previous: sha256.nullable(),
    secret: line(LONGEST_NAME).nullable(),
    created,
    host: line(LONGEST_NAME).nullable(),
    holdfast: line(64).nullable(),
    hint: line(LONGEST_HINT).nullable(),
    kind: z.enum(['file', 'tar']),
    readme: z.strictObject({ sha256 }),
    combiner: z.strictObject({ sha256 }).optional(),
    payload,
    envelopes: z
      .array(envelope)
      .min(1)
      .max(MAX_ENVELOPES)
      .refine((list) => isAscending(list.map(({ index }) => index)))
      .refine((list) => list.flatMap(({ files }) => files).length <= MAX_ENVELOPE_FILES),
    waivers: z.array(z.literal('single-point-of-failure')).max(1),
  })
  .refine(({ generation, previous }) => (generation === 1) === (previous === null))
  .refine(({ combiner, envelopes }) => (combiner !== undefined) === envelopes.some(hasQuorum));

/** The files that an envelope has to have; `null` where a quorum does not stand alone. */
function pathsOf(index: number, factors: readonly ManifestFactor[]): string[] | null {
  const [only, ...others] = factors;
  if (only?.kind === 'quorum' && others.length === 0) {
    return only.custodians.map(({ name }) => envelopePath(index, name));
  }
  return factors.some(({ kind }) => kind === 'quorum') ? null : [envelopePath(index)];
}

function isAscending(list: readonly string[] | readonly number[]): boolean {
  return list.every((item, at) => at === 0 || item > (list[at - 1] ?? item));
}
