import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  COMBINER_PATH,
  MANIFEST_PATH,
  PAYLOAD_PATH,
  README_PATH,
  SIGNATURE_PATH,
  envelopeCounter,
  envelopePath,
  mayEnd,
  mayFollow,
  parseEnvelopePath,
  sizeLimit,
} from './layout.ts';

test('what is made as an envelope path is understood as one', () => {
  const custodians = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), fc.option(custodians), (index, custodian) => {
      const path = envelopePath(index, custodian);
      expect(parseEnvelopePath(path)).toEqual({ index, custodian });
      expect(path.length).toBeLessThan(100);
    }),
  );
});

test.each([
  'envelopes/0.age',
  'envelopes/01.age',
  'envelopes/1.AGE',
  'envelopes/1.age\n',
  'envelopes//1.age',
  'envelopes/../1.age',
  'envelopes/1/../2.age',
  'envelopes/1/.age',
  'envelopes/1/Alice.age',
  'envelopes/1/a/b.age',
  './envelopes/1.age',
  '/envelopes/1.age',
  'envelopes/1000000.age',
  'envelopes/1',
])('%j is no envelope path', (path) => {
  expect(parseEnvelopePath(path)).toBeNull();
});

test('parts follow each other in one order only', () => {
  const order = [
    README_PATH,
    COMBINER_PATH,
    PAYLOAD_PATH,
    envelopePath(1),
    envelopePath(2, 'alice'),
    envelopePath(2, 'bob'),
    envelopePath(10),
    MANIFEST_PATH,
    SIGNATURE_PATH,
  ];
  const allowed = [null, ...order].flatMap((previous) =>
    order.filter((next) => mayFollow(previous, next)).map((next) => [previous, next]),
  );
  const envelopes = order.slice(3, 7);
  expect(allowed).toEqual([
    [null, README_PATH],
    [README_PATH, COMBINER_PATH],
    [README_PATH, PAYLOAD_PATH],
    [COMBINER_PATH, PAYLOAD_PATH],
    ...envelopes.map((path) => [PAYLOAD_PATH, path]),
    ...envelopes.flatMap((path, at) =>
      [...envelopes.slice(at + 1), MANIFEST_PATH].map((next) => [path, next]),
    ),
    [MANIFEST_PATH, SIGNATURE_PATH],
  ]);
  expect([null, ...order].filter(mayEnd)).toEqual([MANIFEST_PATH, SIGNATURE_PATH]);
});

test('an envelope is one file or a folder of shares, never both', () => {
  expect(mayFollow(envelopePath(2), envelopePath(2, 'alice'))).toBe(false);
  expect(mayFollow(envelopePath(2, 'alice'), envelopePath(2))).toBe(false);
});

test('every part but the payload is bounded', () => {
  expect(sizeLimit(PAYLOAD_PATH)).toBeNull();
  expect(sizeLimit(README_PATH)).toBe(65_536);
  expect(sizeLimit(COMBINER_PATH)).toBe(65_536);
  expect(sizeLimit(envelopePath(3, 'bob'))).toBe(65_536);
  expect(sizeLimit(MANIFEST_PATH)).toBe(16_777_216);
  expect(sizeLimit(SIGNATURE_PATH)).toBe(4096);
});

test('envelopes are counted by their index, and their files one by one', () => {
  const full = envelopeCounter();
  for (let share = 0; share < 1024; share += 1) {
    expect(full(envelopePath((share % 64) + 1, `c${String(share)}`))).toBeNull();
  }
  expect(full(README_PATH)).toBeNull();
  expect(full(envelopePath(1, 'one-more'))).toContain('1024');
  const many = envelopeCounter();
  for (let index = 1; index <= 64; index += 1) expect(many(envelopePath(index))).toBeNull();
  expect(many(envelopePath(65))).toContain('64');
});
