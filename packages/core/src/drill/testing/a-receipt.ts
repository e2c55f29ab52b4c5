import fc from 'fast-check';
import { RECEIPT_FORMAT, type Receipt } from '../receipt.ts';

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
const fingerprint = `SHA256:${'A'.repeat(43)}`;

/** A receipt as a drill leaves one. */
export const RECEIPT: Receipt = {
  format: RECEIPT_FORMAT,
  id,
  who: 'ann',
  host: 'desk',
  instance: fingerprint,
  holdfast: '0.1.0',
  started: '2026-11-25T22:33:25.001Z',
  ended: '2026-11-25T22:33:26.002Z',
  outcome: 'ok',
  failure: null,
  copy: {
    place: { kind: 'folder', path: '/srv/backups', host: 'desk' },
    file: 'out.tar',
    backup: {
      id,
      generation: 1,
      secret: 'sso',
      created: '2026-11-25T22:00:00Z',
      manifest: '0'.repeat(64),
      size: 10_240,
      signer: fingerprint,
      trusted: true,
    },
  },
  envelopes: [{ index: 1, factors: 'password', opened: true, why: null, custodians: [] }],
  fromMedium: true,
  sameAsLive: null,
  check: { exit: 0, timedOut: false, handedOver: true },
  shown: ['it opens'],
  notShown: [],
};

const text = fc.string({ unit: 'binary', maxLength: 40 });
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
const time = fc
  .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((it) => it.toISOString());
const uuid = fc.uuid();

const backup = fc.record({
  id: uuid,
  generation: fc.integer({ min: 1 }),
  secret: orNull(text),
  created: text,
  manifest: fc.stringMatching(/^[0-9a-f]{64}$/),
  size: fc.nat(),
  signer: orNull(fc.constant(fingerprint)),
  trusted: fc.boolean(),
});

const place = fc.oneof(
  fc.record({ kind: fc.constant('folder' as const), path: text, host: text }),
  fc.record({
    kind: fc.constant('medium' as const),
    label: orNull(text),
    uuid: orNull(text),
    serial: orNull(text),
    vendor: orNull(text),
    product: orNull(text),
  }),
);

/** Any receipt that there could be. */
export const receipts: fc.Arbitrary<Receipt> = fc.record({
  format: fc.constant(RECEIPT_FORMAT),
  id: uuid,
  who: text,
  host: text,
  instance: fc.constant(fingerprint),
  holdfast: text,
  started: time,
  ended: time,
  outcome: fc.constantFrom('ok', 'BACKUP_DAMAGED', 'CHECK_TIMED_OUT'),
  failure: orNull(text),
  copy: fc.record({ place, file: text, backup: orNull(backup) }),
  envelopes: fc.array(
    fc.record({
      index: fc.integer({ min: 1 }),
      factors: text,
      opened: fc.boolean(),
      why: orNull(text),
      custodians: fc.array(text, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
  fromMedium: fc.boolean(),
  sameAsLive: orNull(fc.boolean()),
  check: orNull(
    fc.record({ exit: orNull(fc.nat(255)), timedOut: fc.boolean(), handedOver: fc.boolean() }),
  ),
  shown: fc.array(text, { maxLength: 4 }),
  notShown: fc.array(text, { maxLength: 4 }),
});
