import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CustodyClaims, KeyObject, MechanismInfo } from '../ports.ts';
import { algorithmOf, keyEntries, matchesEntry } from './key-entries.ts';
import { custodyWarnings, whyUnusable } from './usability.ts';

const der = { type: 'spki', format: 'der' } as const;
const ec = (namedCurve: string): Uint8Array =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export(der);
const EC = ec('prime256v1');

const GOOD: CustodyClaims = {
  sensitive: true,
  alwaysSensitive: true,
  extractable: false,
  neverExtractable: true,
  local: true,
};

function object(parts: Partial<KeyObject> & Pick<KeyObject, 'class'>): KeyObject {
  return {
    label: 'kek',
    id: '01',
    type: 'ec',
    bits: 256,
    publicKey: parts.class === 'public' || parts.class === 'certificate' ? EC : null,
    usage: { decrypt: null, derive: null, sign: null },
    alwaysAuthenticate: false,
    claims: GOOD,
    ...parts,
  };
}

describe('the objects of a token make up keys', () => {
  test('by their id and type, whatever their labels are', () => {
    const [entry, ...more] = keyEntries(
      [
        object({ class: 'certificate', label: 'Certificate' }),
        object({ class: 'public', label: 'public half' }),
        object({ class: 'private', label: 'private half' }),
      ],
      true,
    );
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ label: 'private half', publicKey: EC, class: 'private' });
    for (const label of ['Certificate', 'public half', 'private half']) {
      expect(matchesEntry({ object: label, id: '01', type: 'private' }, entry!)).toBe(true);
    }
    expect(matchesEntry({ type: 'secret-key' }, entry!)).toBe(false);
    expect(matchesEntry({ object: 'other' }, entry!)).toBe(false);
  });

  test('by their label when they have no id', () => {
    const other = ec('prime256v1');
    const entries = keyEntries(
      [
        object({ class: 'public', id: '', label: 'a' }),
        object({ class: 'public', id: '', label: 'b', publicKey: other }),
        object({ class: 'private', id: '', label: 'b' }),
        object({ class: 'private', id: '', label: 'a' }),
      ],
      true,
    );
    expect(entries.map(({ label, publicKey }) => [label, publicKey])).toEqual([
      ['b', other],
      ['a', EC],
    ]);
  });

  test('by their label when two keys share an id', () => {
    const other = ec('prime256v1');
    const entries = keyEntries(
      [
        object({ class: 'public', label: 'a' }),
        object({ class: 'public', label: 'b', publicKey: other }),
        object({ class: 'private', label: 'b' }),
        object({ class: 'private', label: 'a' }),
      ],
      true,
    );
    expect(entries.map(({ publicKey }) => publicKey)).toEqual([other, EC]);
  });

  test('a public half alone stands for a key only while a login might show that', () => {
    const objects = [object({ class: 'public' }), object({ class: 'certificate' })];
    expect(keyEntries(objects, false)).toMatchObject([{ own: null, publicKey: EC }]);
    expect(keyEntries(objects, true)).toEqual([]);
  });
});

describe('a key can serve', () => {
  const mechanism = (name: string): MechanismInfo => ({
    name,
    code: 0,
    flags: [],
    minKeySize: 0,
    maxKeySize: 0,
  });
  const secret = (parts: Partial<KeyObject>): KeyObject => object({ class: 'secret', ...parts });
  const onlyEntry = (one: KeyObject) => keyEntries([one], true)[0]!;

  test.each([
    ['aes', secret({ type: 'aes' })],
    ['hmac', secret({ type: 'generic' })],
    ['p256', object({ class: 'private' })],
    ['rsa', object({ class: 'private', type: 'rsa', bits: 3072 })],
  ] as const)('when it is %s', (algorithm, one) => {
    expect(algorithmOf(onlyEntry(one))).toBe(algorithm);
    expect(whyUnusable(onlyEntry(one), null)).toBeNull();
    expect(whyUnusable(onlyEntry(one), [mechanism('CKM_MD5')])).not.toBeNull();
  });

  test.each([
    ['short RSA', object({ class: 'private', type: 'rsa', bits: 1024 })],
    ['long RSA', object({ class: 'private', type: 'rsa', bits: 8192 })],
    ['another curve', object({ class: 'private', bits: 384 })],
    ['a short secret', secret({ type: 'generic', bits: 64 })],
    ['another kind', secret({ type: 'other' })],
    [
      'no derive',
      object({ class: 'private', usage: { decrypt: true, derive: false, sign: true } }),
    ],
    ['no sign', secret({ type: 'aes', usage: { decrypt: true, derive: true, sign: false } })],
  ])('but not with %s', (_, one) => {
    expect(whyUnusable(onlyEntry(one), null)).not.toBeNull();
  });

  test('but not a key on another curve of 256 bits, which its public half tells', () => {
    const [entry] = keyEntries([object({ class: 'public', publicKey: ec('secp256k1') })], false);
    expect(whyUnusable(entry!, null)).not.toBeNull();
  });
});

describe('its holder is warned', () => {
  test.each([
    ['of nothing', GOOD, 0],
    ['of nothing that the token does not say', { ...GOOD, neverExtractable: null, local: null }, 0],
    ['that it can be extracted', { ...GOOD, extractable: true, neverExtractable: false }, 1],
    ['that it once could be', { ...GOOD, neverExtractable: false }, 1],
    ['that it was imported', { ...GOOD, local: false, neverExtractable: false }, 1],
    ['that it is shown in clear', { ...GOOD, sensitive: false }, 1],
    ['of both', { ...GOOD, extractable: true, local: false }, 2],
  ])('%s', (_, claims, count) => {
    expect(custodyWarnings(claims)).toHaveLength(count);
  });
});
