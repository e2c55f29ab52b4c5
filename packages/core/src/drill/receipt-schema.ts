import * as z from 'zod';
import type { Receipt } from './receipt.ts';

/** Loaded lazily: building a schema costs time at start. */

const text = z.string().max(65_536);
const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/);

const time = z
  .string()
  .refine((it) => !Number.isNaN(Date.parse(it)) && new Date(it).toISOString() === it);

const place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), path: text, host: text }),
  z.strictObject({
    kind: z.literal('medium'),
    label: text.nullable(),
    uuid: text.nullable(),
    serial: text.nullable(),
    vendor: text.nullable(),
    product: text.nullable(),
  }),
]);

const backup = z.strictObject({
  id: uuid,
  generation: z.int().min(1),
  secret: text.nullable(),
  created: text,
  manifest: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(0),
  signer: fingerprint.nullable(),
  trusted: z.boolean(),
});

const envelope = z.strictObject({
  index: z.int().min(1),
  factors: text,
  opened: z.boolean(),
  why: text.nullable(),
  custodians: z.array(text),
});

export const receiptSchema: z.ZodType<Receipt> = z.strictObject({
  format: z.literal('holdfast-drill/1'),
  id: uuid,
  who: text,
  host: text,
  instance: fingerprint,
  holdfast: text,
  started: time,
  ended: time,
  outcome: z.string().regex(/^(?:ok|[A-Z][A-Z0-9_]{0,63})$/),
  failure: text.nullable(),
  copy: z.strictObject({ place, file: text, backup: backup.nullable() }),
  envelopes: z.array(envelope),
  fromMedium: z.boolean(),
  sameAsLive: z.boolean().nullable(),
  check: z
    .strictObject({ exit: z.int().nullable(), timedOut: z.boolean(), handedOver: z.boolean() })
    .nullable(),
  shown: z.array(text),
  notShown: z.array(text),
});
