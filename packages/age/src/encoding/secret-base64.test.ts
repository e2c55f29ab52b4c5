import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { decodeSecretBase64, encodeSecretBase64 } from './secret-base64.ts';

test('bytes become the same base64 as elsewhere, and come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeSecretBase64(bytes);
      expect(Buffer.from(text).toString()).toBe(encodeBase64(bytes));
      expect(decodeSecretBase64(text)).toEqual(bytes);
    }),
  );
});

test('what is read, and what is refused, is the same as elsewhere', () => {
  const alphabet = fc.constantFrom(...Buffer.from('ABZaz09+/=-_ \r\n\0é'));
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 8 }), (characters) => {
      const text = Uint8Array.from(characters);
      expect(decodeSecretBase64(text)).toEqual(decodeBase64(Buffer.from(text).toString('latin1')));
    }),
    { numRuns: 2000 },
  );
});
