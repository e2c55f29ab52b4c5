import { generateIdentity } from '@holdfast/age';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvelope, parsePlainFactors, type FactorExpression } from './expression.ts';

const recipient = String(generateIdentity().recipient());

test.each<[string, FactorExpression[]]>([
  ['password', [{ kind: 'password' }]],
  ['token(backup-hsm)', [{ kind: 'token', name: 'backup-hsm' }]],
  ['password + token( a ) ', [{ kind: 'password' }, { kind: 'token', name: 'a' }]],
  [
    'quorum(2, alice, bob, carol)',
    [{ kind: 'quorum', threshold: 2, custodians: ['alice', 'bob', 'carol'] }],
  ],
  [' quorum(2,b,a) ', [{ kind: 'quorum', threshold: 2, custodians: ['b', 'a'] }]],
  [
    `token(pkcs11:token=a+b,(c);object=k)+recipient(${recipient})`,
    [
      { kind: 'token', name: 'pkcs11:token=a+b,(c);object=k' },
      { kind: 'recipient', recipient },
    ],
  ],
])('%s is read', (text, factors) => {
  expect(parseEnvelope(text)).toEqual({ factors });
});

test.each([
  '',
  '+',
  'password +',
  'password + password',
  'token',
  'token()',
  'token( )',
  'token(a) + token(b)',
  'token(a',
  'token(a))',
  'token)a(',
  'token(a)(b) password',
  'token(a)b',
  'token(a\nb)',
  'password()',
  'retina',
  'Token(a)',
  'quorum(2, alice, bob) + password',
  'password + quorum(2, alice, bob)',
  'quorum(2, a, b) + quorum(2, c, d)',
])('%j is no envelope', (text) => {
  expect(() => parseEnvelope(text)).toThrow(expect.objectContaining({ code: 'ENVELOPE_INVALID' }));
});

const names = (count: number): string =>
  Array.from({ length: count }, (_, place) => `c${String(place)}`).join(', ');

test.each([
  ['nobody', 'quorum(0, alice, bob)'],
  ['one', 'quorum(1, alice, bob)'],
  ['more than there are', 'quorum(4, alice, bob, carol)'],
  ['more than the field has', `quorum(2, ${names(256)})`],
  ['a thousand custodians', `quorum(500, ${names(1000)})`],
  ['one twice', 'quorum(2, alice, bob, alice)'],
  ['no threshold', 'quorum(alice, bob)'],
  ['a threshold that is odd', 'quorum(02, alice, bob)'],
  ['a threshold below none', 'quorum(-2, alice, bob)'],
  ['a huge threshold', 'quorum(99999999999, alice, bob)'],
  ['nothing', 'quorum()'],
  ['no parentheses', 'quorum'],
  ['no custodian', 'quorum(2)'],
  ['an empty name', 'quorum(2, alice, , bob)'],
  ['capitals', 'quorum(2, Alice, bob)'],
  ['a path', 'quorum(2, ../alice, bob)'],
  ['a name too long', `quorum(2, ${'a'.repeat(64)}, bob)`],
  ['a nested expression', 'quorum(2, token(a), bob)'],
])('a quorum of %s is refused', (_what, text) => {
  expect(() => parseEnvelope(text)).toThrow(expect.objectContaining({ code: 'QUORUM_INVALID' }));
});

test('the most custodians that a quorum can have are read', () => {
  expect(parseEnvelope(`quorum(255, ${names(255)})`).factors).toHaveLength(1);
});

test('a quorum does not stand for one person', () => {
  expect(parsePlainFactors('password')).toEqual([{ kind: 'password' }]);
  expect(() => parsePlainFactors('quorum(2, alice, bob)')).toThrow(
    expect.objectContaining({ code: 'ENVELOPE_INVALID' }),
  );
});

// RFC 7512, section 2.3: what may stand unescaped in a path attribute, parentheses here in pairs.
const flat = fc.stringMatching(/^[A-Za-z0-9._~:[\]@!$'*+,=&-]{0,12}$/);
const value = fc
  .tuple(flat, flat, flat)
  .map(([before, inside, after]) => `${before}(${inside}(${after}))${before}`);

test('whatever a URI may hold between its parentheses, it stays one factor', () => {
  fc.assert(
    fc.property(value, value, fc.boolean(), (token, object, first) => {
      const name = `pkcs11:token=${token};object=${object};id=%00%2B?module-name=a+b`;
      const terms = [`token(${name})`, 'password'];
      const { factors } = parseEnvelope((first ? terms : terms.toReversed()).join('+'));
      const expected: FactorExpression[] = [{ kind: 'token', name }, { kind: 'password' }];
      expect(factors).toEqual(first ? expected : expected.toReversed());
    }),
  );
});

test('any text at all is an envelope or a typed error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(parseEnvelope(text).factors.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({
          code: expect.toBeOneOf(['ENVELOPE_INVALID', 'RECIPIENT_INVALID']),
        });
      }
    }),
  );
});
