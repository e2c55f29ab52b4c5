import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeTarHeader,
  encodeTarHeader,
  isZero,
  looksDamaged,
  paddingAfter,
} from './tar-entry.ts';

const entries = fc.record({
  path: fc.stringMatching(/^[!-~]{1,99}$/),
  size: fc.oneof(
    fc.maxSafeNat(),
    fc.constantFrom(
      0,
      1,
      511,
      512,
      513,
      8 ** 11 - 1,
      8 ** 11,
      9 * 2 ** 30,
      Number.MAX_SAFE_INTEGER,
    ),
  ),
  mtime: fc.integer({ min: 0, max: 8 ** 11 - 1 }),
});

test('what was encoded is decoded again', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      expect(decodeTarHeader(encodeTarHeader(entry))).toEqual(entry);
    }),
  );
});

test('a header with any bit flipped is never read as the same entry', () => {
  fc.assert(
    fc.property(entries, fc.nat(511), fc.nat(7), (entry, at, bit) => {
      const block = encodeTarHeader(entry);
      block[at] = (block[at] ?? 0) ^ (1 << bit);
      expect(decodeTarHeader(block)).toBeNull();
    }),
    { numRuns: 2000 },
  );
});

test('any block is read as canonical or not at all', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 600 }), (block) => {
      const entry = decodeTarHeader(block);
      if (entry !== null) expect(encodeTarHeader(entry)).toEqual(Buffer.from(block));
      expect(typeof looksDamaged(block, 'README.txt')).toBe('boolean');
    }),
  );
});

test('a size of 8 GiB or more is written in base-256, a smaller one in octal', () => {
  const sizeField = (size: number): string =>
    Buffer.from(encodeTarHeader({ path: 'a', size, mtime: 0 }).subarray(124, 136)).toString('hex');
  expect(sizeField(8 ** 11 - 1)).toBe(Buffer.from('77777777777\0').toString('hex'));
  expect(sizeField(8 ** 11)).toBe('800000000000000200000000');
});

test.each([
  ['negative', 'ffffffffffffffffffffffff'],
  ['two to the 63rd', '800000008000000000000000'],
  ['two to the 53rd', '800000000020000000000000'],
  ['larger than eight bytes hold', '800000010000000000000001'],
  ['small, in base-256', '800000000000000000000005'],
  ['octal without leading zeros', Buffer.from('5\0          ').toString('hex')],
  ['octal ended by a space', Buffer.from('00000000005 ').toString('hex')],
  ['octal of twelve digits', Buffer.from('000000000005').toString('hex')],
])('a size that is %s is not canonical', (_, field) => {
  const block = Buffer.from(encodeTarHeader({ path: 'a', size: 5, mtime: 0 }));
  block.write(field, 124, 'hex');
  fixChecksum(block);
  expect(decodeTarHeader(block)).toBeNull();
});

test('values that no header holds are refused', () => {
  const encode = (entry: object) => () =>
    encodeTarHeader({ path: 'a', size: 0, mtime: 0, ...entry });
  const internal = expect.objectContaining({ code: 'INTERNAL' }) as Error;
  expect(encode({ path: '' })).toThrow(internal);
  expect(encode({ path: 'a'.repeat(100) })).toThrow(internal);
  expect(encode({ path: 'a\nb' })).toThrow(internal);
  expect(encode({ size: -1 })).toThrow(internal);
  expect(encode({ size: 1.5 })).toThrow(internal);
  expect(encode({ mtime: -1 })).toThrow(internal);
  expect(encode({ mtime: 8 ** 11 })).toThrow(internal);
  expect(encode({ mtime: NaN })).toThrow(internal);
});

test('padding fills the block', () => {
  expect([0, 1, 511, 512, 513].map(paddingAfter)).toEqual([0, 511, 1, 0, 511]);
  expect(isZero(new Uint8Array(3))).toBe(true);
  expect(isZero(Uint8Array.of(0, 1, 0))).toBe(false);
});

test('a block of ours that was damaged is told from one of somebody else', () => {
  const ours = encodeTarHeader({ path: 'README.txt', size: 5, mtime: 0 });
  const flipped = Uint8Array.from(ours);
  flipped[200] = 1;
  expect(looksDamaged(flipped, 'README.txt')).toBe(true);
  const foreign = Buffer.from(ours);
  foreign.write('0000644', 100);
  fixChecksum(foreign);
  expect(looksDamaged(foreign, 'README.txt')).toBe(false);
  expect(looksDamaged(new Uint8Array(512), 'README.txt')).toBe(false);
});

function fixChecksum(block: Buffer): void {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}
