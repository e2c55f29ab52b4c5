import * as z from 'zod';
import { envelopePath, parseEnvelopePath } from './layout.ts';
import {
  LONGEST_HINT,
  LONGEST_IDENTITY,
  LONGEST_NAME,
  LONGEST_TOKEN_TEXT,
  isLine,
} from './manifest-text.ts';
import type { Manifest } from './manifest.ts';
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

const factor = z.discriminatedUnion('kind', [
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
      .length(1),
  })
  .refine(({ index, files }) => files[0]?.path === envelopePath(index));

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
    payload,
    envelopes: z
      .array(envelope)
      .min(1)
      .max(64)
      .refine((list) =>
        list.every((item, at) => at === 0 || item.index > (list[at - 1]?.index ?? 0)),
      ),
    waivers: z.array(z.literal('single-point-of-failure')).max(1),
  })
  .refine(({ generation, previous }) => (generation === 1) === (previous === null));
