import { Secret } from '@holdfast/age';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitmentOf } from './commitment.ts';
import { openCombined, openSplit, type Point } from './split.ts';

const combined = async (points: readonly Point[]): Promise<number[]> => {
  using secret = await openCombined(points);
  return [...secret.bytes];
};

const point = (index: number, ...bytes: number[]): Point => ({
  index,
  value: Secret.take(Uint8Array.from(bytes)),
});

/** Every choice of `count` of these. */
function choices<Item>(items: readonly Item[], count: number): Item[][] {
  if (count === 0) return [[]];
  return items.flatMap((item, at) =>
    choices(items.slice(at + 1), count - 1).map((rest) => [item, ...rest]),
  );
}

test('any k shares give the secret back, in any order, and k - 1 do not', async () => {
  const quorums = fc
    .integer({ min: 2, max: 12 })
    .chain((shares) => fc.tuple(fc.constant(shares), fc.integer({ min: 2, max: shares })));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 16, maxLength: 80 }),
      quorums,
      fc.infiniteStream(fc.nat()),
      async (bytes, [shares, threshold], order) => {
        using secret = Secret.copy(bytes);
        using split = await openSplit(secret, { shares, threshold });
        expect(new Set(split.all.map(({ index }) => index)).size).toBe(shares);
        const keys = new Map(split.all.map((each) => [each, order.next().value]));
        const mixed = split.all.toSorted((a, b) => Number(keys.get(a)) - Number(keys.get(b)));
        expect(await combined(mixed.slice(0, threshold))).toEqual([...bytes]);
        expect(await combined(mixed)).toEqual([...bytes]);
        if (threshold > 2) {
          expect(await combined(mixed.slice(0, threshold - 1))).not.toEqual([...bytes]);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('every choice of k shares gives the secret back', async () => {
  using secret = Secret.fromText('x7');
  for (const [shares, threshold] of [
    [5, 3],
    [4, 4],
    [6, 2],
  ] as const) {
    using split = await openSplit(secret, { shares, threshold });
    for (const some of choices(split.all, threshold)) {
      expect(await combined(some)).toEqual([...secret.bytes]);
    }
  }
});

// Perfect secrecy, exhaustively: k - 1 shares of one byte are held fast, and the missing one runs through all that it
// could be. When each of the 256 secrets comes out exactly once, those shares fit every secret equally well.
const secretsLeft = async (known: readonly Point[], missing: number): Promise<Set<number>> => {
  const found = new Set<number>();
  for (let guess = 0; guess < 256; guess += 1) {
    const [secret = -1] = await combined([...known, point(missing, guess)]);
    found.add(secret);
  }
  return found;
};

test('one share of two fits every secret equally well, whatever it is', async () => {
  for (let value = 0; value < 256; value += 1) {
    expect((await secretsLeft([point(7, value)], 200)).size).toBe(256);
  }
});

test('any k - 1 shares that were really given out fit every secret equally well', async () => {
  for (const [shares, threshold] of [
    [2, 2],
    [4, 2],
    [4, 3],
    [5, 4],
    [5, 5],
  ] as const) {
    for (const byte of [0, 1, 0x80, 0xff]) {
      using secret = Secret.take(Uint8Array.of(byte));
      using split = await openSplit(secret, { shares, threshold });
      for (const known of choices(split.all, threshold - 1)) {
        const missing = split.all.find((each) => !known.includes(each));
        expect((await secretsLeft(known, missing?.index ?? 0)).size).toBe(256);
      }
    }
  }
});

test(
  'the most shares that there can be are split and put together',
  { timeout: 60_000 },
  async () => {
    using secret = Secret.fromText('AGE-SECRET-KEY');
    using split = await openSplit(secret, { shares: 255, threshold: 255 });
    expect(await combined(split.all)).toEqual([...secret.bytes]);
  },
);

test('two splits of one secret have nothing in common', async () => {
  using secret = Secret.random(64);
  const options = { shares: 2, threshold: 2 };
  using one = await openSplit(secret, options);
  using other = await openSplit(secret, options);
  const values = [...one.all, ...other.all].map(({ value }) =>
    Buffer.from(value.bytes).toString('hex'),
  );
  expect(new Set(values).size).toBe(4);
});

test('a commitment holds for one set, one index and one share, to the bit', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.integer({ min: 1, max: 254 }),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.nat(),
      (setBytes, index, bytes, bit) => {
        const set = Buffer.from(setBytes).toString('hex');
        const commitment = commitmentOf({ set, ...point(index, ...bytes) });
        const flipped = Uint8Array.from(bytes);
        const at = bit % (bytes.length * 8);
        flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
        const otherSet = Buffer.from(setBytes.map((each) => each ^ 1)).toString('hex');
        const others = [
          commitmentOf({ set, ...point(index, ...flipped) }),
          commitmentOf({ set, ...point(index + 1, ...bytes) }),
          commitmentOf({ set: otherSet, ...point(index, ...bytes) }),
          commitmentOf({ set, ...point(index, ...bytes, 0) }),
        ];
        expect(new Set([commitment, ...others]).size).toBe(5);
      },
    ),
  );
});

test('disposing of a split wipes its shares', async () => {
  const all: Uint8Array[] = [];
  {
    using secret = Secret.fromText('secret');
    using split = await openSplit(secret, { shares: 3, threshold: 2 });
    all.push(...split.all.map(({ value }) => value.bytes));
    expect(all.every((bytes) => bytes.some((byte) => byte !== 0))).toBe(true);
  }
  expect(all.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
});
