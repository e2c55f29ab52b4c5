import { generateKeyPairSync } from 'node:crypto';
import { encodeBech32 } from '@holdfast/age';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identityLine, parseIdentityLine, parseRecipientLine, recipientLine } from './key-line.ts';
import { fingerprintOf, type KnownKey } from './known-key.ts';

const der = { type: 'spki', format: 'der' } as const;
const EC = Uint8Array.from(
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export(der),
);
const RSA = Uint8Array.from(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(der),
);
const P384 = Uint8Array.from(
  generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey.export(der),
);

const half = fc.oneof(
  fc.record({
    algorithm: fc.constant('p256' as const),
    publicKey: fc.constant(EC),
    kemHash: fc.constant(null),
    fingerprint: fc.constant(fingerprintOf(EC)),
  }),
  fc.record({
    algorithm: fc.constant('rsa' as const),
    publicKey: fc.constant(RSA),
    kemHash: fc.constantFrom(null, 'sha1' as const, 'sha256' as const),
    fingerprint: fc.constant(fingerprintOf(RSA)),
  }),
  fc.record({
    algorithm: fc.constantFrom('aes' as const, 'hmac' as const),
    publicKey: fc.constant(null),
    kemHash: fc.constant(null),
    fingerprint: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Buffer.from(bytes).toString('hex')),
  }),
);
const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((one) => one.isWellFormed());
const anyKey = fc
  .record({
    half,
    token: fc.record({ label: text, serial: text }),
    label: text,
    id: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  })
  .map(({ half: { algorithm, fingerprint, ...rest }, ...named }): KnownKey => ({
    details: { ...named, algorithm, fingerprint },
    ...rest,
  }));

test('any key comes back from its lines as it went in', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      const identity = identityLine(key);
      expect(identity).toMatch(/^AGE-PLUGIN-HOLDFAST-1[0-9A-Z]+$/);
      expect(parseIdentityLine(identity)).toEqual(key);
      const recipient = recipientLine(key);
      expect(recipient).toMatch(/^age1holdfast1[0-9a-z]+$/);
      expect(parseRecipientLine(recipient)).toEqual(key);
    }),
    { numRuns: 50 },
  );
});

const prefix = 'AGE-PLUGIN-HOLDFAST-';
const line = (...parts: (number | Uint8Array)[]): string =>
  encodeBech32(
    prefix,
    Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part))),
  );
const field = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
const NAMES = Buffer.concat([
  field(Buffer.from('lab')),
  field(Buffer.from('1')),
  field(EC),
  field(EC),
]);

describe('a line is refused', () => {
  test.each([
    ['that is empty', ''],
    ['of another program', encodeBech32('AGE-PLUGIN-OTHER-', Buffer.alloc(8))],
    ['without content', line()],
    ['of another version', line(2, 3, field(Buffer.alloc(16)), NAMES)],
    ['of an unknown kind', line(1, 9, field(Buffer.alloc(16)), NAMES)],
    ['with a key id of another length', line(1, 3, field(Buffer.alloc(15)), NAMES)],
    ['with a point off the curve', line(1, 1, field(Buffer.alloc(33, 2)), NAMES)],
    ['with a key on another curve', line(1, 2, field(P384), NAMES)],
    ['with an RSA key that is none', line(1, 2, field(Buffer.alloc(294)), NAMES)],
    ['with a field that is cut short', line(1, 3, field(Buffer.alloc(16)), NAMES.subarray(0, -1))],
    ['with more after its end', line(1, 3, field(Buffer.alloc(16)), NAMES, field(EC))],
    [
      'with text that is not UTF-8',
      line(1, 3, field(Buffer.alloc(16)), field(Buffer.of(255)), NAMES),
    ],
  ])('%s', (_, text) => {
    expect(() => parseIdentityLine(text)).toThrow(
      expect.objectContaining({ code: 'IDENTITY_INVALID' }),
    );
    expect(() => parseRecipientLine(text)).toThrow(
      expect.objectContaining({ code: 'RECIPIENT_INVALID' }),
    );
  });

  test('whatever bytes it has, with a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => parseIdentityLine(line(bytes))).toThrow(
          expect.objectContaining({ code: 'IDENTITY_INVALID' }),
        );
      }),
    );
  });
});
