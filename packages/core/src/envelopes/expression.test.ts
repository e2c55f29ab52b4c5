import { generateIdentity } from '@holdfast/age';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvelope, type FactorExpression } from './expression.ts';

const recipient = String(generateIdentity().recipient());

test.each<[string, FactorExpression[]]>([
  ['password', [{ kind: 'password' }]],
  ['token(backup-hsm)', [{ kind: 'token', name: 'backup-hsm' }]],
  ['password + token( a ) ', [{ kind: 'password' }, { kind: 'token', name: 'a' }]],
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
])('%j is no envelope', (text) => {
  expect(() => parseEnvelope(text)).toThrow(expect.objectContaining({ code: 'ENVELOPE_INVALID' }));
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
