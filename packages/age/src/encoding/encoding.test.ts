import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, decodePaddedBase64, encodeBase64, encodePaddedBase64 } from './base64.ts';
import { decodeBech32, encodeBech32 } from './bech32.ts';
import { ByteBuffer } from './byte-buffer.ts';

test('base64 comes back, with and without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      expect(decodePaddedBase64(encodePaddedBase64(bytes))).toEqual(bytes);
      expect(encodeBase64(bytes)).not.toContain('=');
    }),
  );
});

test('of a text that is base64 at all, there is no other for the same bytes', () => {
  const alphabet = fc.constantFrom(...Array.from('ABZaz09+/=-_ \r\n\0é'));
  fc.assert(
    fc.property(fc.string({ unit: alphabet, maxLength: 8 }), (text) => {
      const plain = decodeBase64(text);
      if (plain !== null) expect(encodeBase64(plain)).toBe(text);
      const padded = decodePaddedBase64(text);
      if (padded !== null) expect(encodePaddedBase64(padded)).toBe(text);
    }),
    { numRuns: 2000 },
  );
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'AA\n', ' AA', 'A-_A', 'AAAAA']) {
    expect(decodeBase64(text), JSON.stringify(text)).toBe(null);
  }
});

test('bech32 of any length comes back, in the case of its prefix', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1300 }), (bytes) => {
      for (const prefix of ['age', 'AGE-SECRET-KEY-']) {
        expect(decodeBech32(encodeBech32(prefix, bytes), prefix)).toEqual(bytes);
      }
    }),
  );
});

test('bech32 of another prefix, in another case, or changed is refused', () => {
  const text = encodeBech32('age', new Uint8Array(32));
  expect(decodeBech32(text, 'age1tag')).toBe(null);
  expect(decodeBech32(text, 'AGE')).toBe(null);
  expect(decodeBech32(text.toUpperCase(), 'age')).toBe(null);
  expect(decodeBech32(`${text} `, 'age')).toBe(null);
  expect(decodeBech32('', 'age')).toBe(null);
});

test('a byte buffer holds what was appended', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 8 }), (parts) => {
      const buffer = new ByteBuffer();
      for (const part of parts) buffer.append(part);
      expect(Buffer.compare(buffer.bytes, Buffer.concat(parts))).toBe(0);
    }),
  );
});
