import { HoldfastError } from '@holdfast/age';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyObject, LibraryInfo, SlotInfo, TokenInfo } from '../ports.ts';
import { formatTokenUri } from './format.ts';
import { matchesObject, matchesToken } from './match.ts';
import { moduleOf } from './module-of.ts';
import { parseTokenUri } from './parse.ts';
import { pinSourceOf } from './pin-source.ts';
import { OBJECT_TYPES, PATH_ATTRIBUTES, type TokenUri } from './token-uri.ts';

const LIBRARY: LibraryInfo = { manufacturer: 'SoftHSM', description: 'An HSM', version: '2.6' };
const TOKEN: TokenInfo = {
  label: 'lab',
  manufacturer: 'Snake Oil, Inc.',
  model: '',
  serial: '0123',
  initialized: true,
  writeProtected: false,
  loginRequired: true,
  pinPad: false,
  pinSet: true,
  pinExpired: false,
  pinTries: 'full',
  pinLength: { min: 4, max: 8 },
};
const SLOT: SlotInfo = { id: '327', description: 'Reader 1', manufacturer: 'Acme', token: TOKEN };
const KEY: KeyObject = {
  class: 'private',
  label: 'kek',
  id: '01ff',
  type: 'ec',
  bits: 256,
  publicKey: null,
  usage: { decrypt: null, derive: true, sign: null },
  alwaysAuthenticate: false,
  claims: {
    sensitive: true,
    alwaysSensitive: true,
    extractable: false,
    neverExtractable: true,
    local: true,
  },
};

const trusted = (text: string): TokenUri => parseTokenUri(text, { trusted: true });
const foreign = (text: string): TokenUri => parseTokenUri(text, { trusted: false });

function refusal(parse: () => unknown): { code: string; message: string } {
  try {
    parse();
  } catch (error) {
    if (error instanceof HoldfastError) {
      return { code: (error as HoldfastError).code, message: error.message };
    }
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('the examples of RFC 7512', () => {
  it.each<[string, TokenUri]>([
    ['pkcs11:', {}],
    ['pkcs11:object=my-pubkey;type=public', { object: 'my-pubkey', type: 'public' }],
    [
      'pkcs11:object=my-key;type=private?pin-source=file:/etc/token',
      { object: 'my-key', type: 'private', 'pin-source': 'file:/etc/token' },
    ],
    [
      'pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin',
      {
        token: 'The Software PKCS#11 Softtoken',
        manufacturer: 'Snake Oil, Inc.',
        model: '1.0',
        object: 'my-certificate',
        type: 'cert',
        id: '69953e5cf4bdec91',
        serial: '',
        'pin-source': 'file:/etc/token_pin',
      },
    ],
    [
      'pkcs11:object=my-sign-key;type=private?module-name=mypkcs11',
      { object: 'my-sign-key', type: 'private', 'module-name': 'mypkcs11' },
    ],
    [
      'pkcs11:object=my-sign-key;type=private?module-path=/mnt/libmypkcs11.so.1',
      { object: 'my-sign-key', type: 'private', 'module-path': '/mnt/libmypkcs11.so.1' },
    ],
    ['pkcs11:slot-description=Sun%20Metaslot', { 'slot-description': 'Sun Metaslot' }],
    [
      'pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token%20Library;library-version=1.23',
      {
        'library-manufacturer': 'Snake Oil, Inc.',
        'library-description': 'Soft Token Library',
        'library-version': '1.23',
      },
    ],
    [
      'pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;id=%01%02%03%Ba%dd%Ca%fe%04%05%06',
      {
        token: 'My token% created by Joe',
        'library-version': '3',
        id: '010203baddcafe040506',
      },
    ],
    [
      'pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-certificate;type=cert',
      { token: 'A name with a substring %;', object: 'my-certificate', type: 'cert' },
    ],
    [
      'pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1;object=my-certificate;type=cert',
      { token: 'Name with a small A with acute: á', object: 'my-certificate', type: 'cert' },
    ],
  ])('%s', (text, uri) => {
    expect(trusted(text)).toEqual(uri);
    expect(trusted(formatTokenUri(uri))).toEqual(uri);
  });

  it.each([
    ['a PIN', 'pkcs11:token=Software%20PKCS%2311%20softtoken?pin-value=the-pin'],
    ['a command for the PIN', 'pkcs11:object=k?pin-source=%7C/usr/lib/pinomatic'],
    ['the same, unencoded', 'pkcs11:object=k?pin-source=|/usr/lib/pinomatic'],
    ['an attribute of a vendor in the path', 'pkcs11:token=my-token;vendor-aaa=value-a'],
  ])('with %s are refused', (_, text) => {
    expect(refusal(() => trusted(text)).code).toBe('TOKEN_URI_INVALID');
  });
});

describe('parsing', () => {
  it('reads an attribute of a vendor in the query as often as it comes', () => {
    const uri = trusted('pkcs11:?x-vendor=1&module-name=p11&x-vendor=%32');
    expect(uri).toEqual({
      'module-name': 'p11',
      vendor: [
        { name: 'x-vendor', value: '1' },
        { name: 'x-vendor', value: '2' },
      ],
    });
  });

  it('takes a plus sign and all that need not be encoded as they are', () => {
    expect(trusted("pkcs11:token=:[]@!$'()*+,=&").token).toBe(":[]@!$'()*+,=&");
    expect(trusted("pkcs11:?a=:[]@!$'()*+,=/?|").vendor).toEqual([
      { name: 'a', value: ":[]@!$'()*+,=/?|" },
    ]);
  });

  it('does not mind the case of the scheme and of hexadecimal digits', () => {
    expect(trusted('PKCS11:id=%aB').id).toBe('ab');
  });

  it('leaves text in the form that it has', () => {
    expect(trusted('pkcs11:token=a%CC%81').token).toBe('a\u0301');
    expect(trusted('pkcs11:token=%EF%BB%BFa').token).toBe('\uFEFFa');
  });

  it.each([
    'token=lab',
    'http://pkcs11:token=lab',
    'pkcs11:token',
    'pkcs11:=lab',
    'pkcs11:token=lab;',
    'pkcs11:;token=lab',
    'pkcs11:token=a;token=a',
    'pkcs11:id=%01;id=%02',
    'pkcs11:?module-name=a&module-name=b',
    'pkcs11:token=my token',
    'pkcs11:token=a/b',
    'pkcs11:token=a#b',
    'pkcs11:token=á',
    'pkcs11:token=%f',
    'pkcs11:token=%ZZ',
    'pkcs11:token=%FF',
    'pkcs11:Token=lab',
    'pkcs11:lable=lab',
    'pkcs11:type=',
    'pkcs11:type=key',
    'pkcs11:slot-id=',
    'pkcs11:slot-id=0x1',
    'pkcs11:library-version=1.2.3',
    'pkcs11:library-version=',
    'pkcs11:?token=lab',
    'pkcs11:?module-path=',
    'pkcs11:?module-path=/a%00b',
    'pkcs11:?pin-source=',
    'pkcs11:?pin-source=https://example.com/pin',
    'pkcs11:?pin-source=file://elsewhere/pin',
    'pkcs11:?pin-source=file:pin',
    'pkcs11:?x=%',
    'pkcs11:?&',
    'pkcs11:__proto__=1',
    `pkcs11:token=${'a'.repeat(10_000)}`,
  ])('refuses %s', (text) => {
    expect(refusal(() => trusted(text)).code).toBe('TOKEN_URI_INVALID');
  });

  it('names an attribute that there is not', () => {
    expect(refusal(() => trusted('pkcs11:lable=lab')).message).toContain('"lable"');
  });

  it('never repeats a PIN that someone wrote into a URI', () => {
    const { code, message } = refusal(() => trusted('pkcs11:token=lab?pin-value=84231'));
    expect(code).toBe('TOKEN_URI_INVALID');
    expect(message).toContain('pin-value');
    expect(message).not.toContain('84231');
  });

  it.each(['pin-source=/etc/pin', 'module-path=/tmp/evil.so', 'module-name=evil', 'pin-value=1'])(
    'takes no %s from a text that the user did not write',
    (attribute) => {
      expect(refusal(() => foreign(`pkcs11:token=lab?${attribute}`)).code).toBe(
        'TOKEN_URI_INVALID',
      );
    },
  );

  it('fails with its own code on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (tail, scheme) => {
        const { code } = refusal(() => trusted(`${scheme ? 'pkcs11:' : ''}${tail}`));
        expect(['none', 'TOKEN_URI_INVALID']).toContain(code);
      }),
    );
  });
});

const texts = fc.string({ unit: 'grapheme', maxLength: 20 });
const paths = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((name) => `/${name}`);
const version = fc.nat(255);
const uris: fc.Arbitrary<TokenUri> = fc
  .record(
    {
      token: texts,
      manufacturer: texts,
      serial: texts,
      model: texts,
      'library-manufacturer': texts,
      'library-description': texts,
      'library-version': fc.tuple(version, version).map((numbers) => numbers.join('.')),
      object: texts,
      type: fc.constantFrom(...OBJECT_TYPES),
      id: fc.uint8Array({ maxLength: 30 }).map((id) => Buffer.from(id).toString('hex')),
      'slot-manufacturer': texts,
      'slot-description': texts,
      'slot-id': fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
      'pin-source': paths,
      'module-name': fc.stringMatching(/^[a-z0-9 /-]+$/),
      'module-path': paths,
      vendor: fc.array(fc.record({ name: fc.stringMatching(/^x-[\w-]+$/), value: texts }), {
        minLength: 1,
      }),
    },
    { requiredKeys: [] },
  )
  .map((uri) => uri as TokenUri);

describe('formatting', () => {
  it('writes what parsing reads back', () => {
    fc.assert(
      fc.property(uris, (uri) => {
        expect(trusted(formatTokenUri(uri))).toEqual(uri);
      }),
    );
  });

  it('writes nothing that a shell or an envelope expression could take for its own', () => {
    fc.assert(
      fc.property(uris, (uri) => {
        expect(formatTokenUri(uri)).toMatch(/^pkcs11:[\w.~%=;:/?&-]*$/);
      }),
    );
  });

  it('encodes every octet of an id', () => {
    expect(formatTokenUri({ object: 'kek', id: '0141' })).toBe('pkcs11:id=%01%41;object=kek');
  });
});

describe('matching', () => {
  it.each<[TokenUri, boolean]>([
    [{}, true],
    [{ token: 'lab', serial: '0123', manufacturer: 'Snake Oil, Inc.' }, true],
    [{ token: 'lab ' }, true],
    [{ token: ' lab' }, false],
    [{ token: 'Lab' }, false],
    [{ token: '' }, false],
    [{ model: '' }, true],
    [{ model: 'x' }, false],
    [{ serial: '123' }, false],
    [{ 'slot-id': '327' }, true],
    [{ 'slot-id': '0327' }, true],
    [{ 'slot-id': '3270' }, false],
    [{ 'slot-description': 'Reader 1', 'slot-manufacturer': 'Acme' }, true],
    [{ 'slot-manufacturer': 'Reader 1' }, false],
    [{ 'library-version': '2.6', 'library-manufacturer': 'SoftHSM' }, true],
    [{ 'library-version': '2' }, false],
    [{ 'library-version': '2.60' }, false],
    [{ 'library-description': 'Another' }, false],
    [{ object: 'anything', type: 'data', vendor: [{ name: 'x', value: 'y' }] }, true],
  ])('%j against a token: %j', (uri, matches) => {
    expect(matchesToken(uri, LIBRARY, SLOT)).toBe(matches);
  });

  it('finds no token in an empty slot', () => {
    expect(matchesToken({}, LIBRARY, { ...SLOT, token: null })).toBe(false);
  });

  it('takes a version without its minor number for the one with zero', () => {
    expect(matchesToken({ 'library-version': '3' }, { ...LIBRARY, version: '3.0' }, SLOT)).toBe(
      true,
    );
  });

  it.each<[TokenUri, boolean]>([
    [{}, true],
    [{ token: 'another' }, true],
    [{ object: 'kek', id: '01ff', type: 'private' }, true],
    [{ object: 'kek ' }, false],
    [{ object: '' }, false],
    [{ id: '01' }, false],
    [{ id: '' }, false],
    [{ type: 'public' }, false],
    [{ type: 'secret-key' }, false],
    [{ type: 'data' }, false],
  ])('%j against a key: %j', (uri, matches) => {
    expect(matchesObject(uri, KEY)).toBe(matches);
  });

  it('takes "cert" for a certificate and "secret-key" for a secret key', () => {
    expect(matchesObject({ type: 'cert' }, { ...KEY, class: 'certificate' })).toBe(true);
    expect(matchesObject({ type: 'secret-key' }, { ...KEY, class: 'secret' })).toBe(true);
  });

  it('knows every attribute of the path', () => {
    const empty = PATH_ATTRIBUTES.filter((name) => !['slot-id', 'type'].includes(name));
    for (const name of empty) {
      const uri: TokenUri = { [name]: name === 'library-version' ? '99' : 'nothing has this' };
      expect(matchesToken(uri, LIBRARY, SLOT) && matchesObject(uri, KEY), name).toBe(false);
    }
  });
});

describe('the module of a URI', () => {
  const softhsm = { path: '/usr/lib/softhsm/libsofthsm2.so', initArgs: 'x' };
  const opensc = { path: '/usr/lib/opensc-pkcs11.so' };
  const versioned = { path: '/opt/libp11.so.1.2' };
  const all = [softhsm, opensc, versioned];

  it.each<[string, readonly object[]]>([
    ['pkcs11:', all],
    ['pkcs11:?module-name=softhsm2', [softhsm]],
    ['pkcs11:?module-name=libsofthsm2', [softhsm]],
    ['pkcs11:?module-name=opensc-pkcs11', [opensc]],
    ['pkcs11:?module-name=p11', [versioned]],
    ['pkcs11:?module-name=soft', []],
    ['pkcs11:?module-path=/usr/lib/softhsm/libsofthsm2.so', [softhsm]],
    ['pkcs11:?module-path=/opt/other.so', [{ path: '/opt/other.so' }]],
    ['pkcs11:?module-path=/opt/other.so&module-name=p11', []],
  ])('%s', (text, modules) => {
    expect(moduleOf(trusted(text), all)).toEqual(modules);
  });
});

describe('the PIN source of a URI', () => {
  it.each([
    ['pkcs11:', null],
    ['pkcs11:?pin-source=/etc/pin', '/etc/pin'],
    ['pkcs11:?pin-source=pins/lab', 'pins/lab'],
    ['pkcs11:?pin-source=file:/etc/pin', '/etc/pin'],
    ['pkcs11:?pin-source=file:///etc/a%2520pin', '/etc/a pin'],
    ['pkcs11:?pin-source=file://localhost/etc/pin', '/etc/pin'],
  ])('%s', (text, path) => {
    expect(pinSourceOf(trusted(text))).toBe(path);
  });
});
