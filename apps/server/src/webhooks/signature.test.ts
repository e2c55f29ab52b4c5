import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { secretBytes, signedHeaders } from './signature.ts';

test('what is signed here passes the verification of the specification’s own library', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.jsonValue(), (secret, value) => {
      const body = JSON.stringify(value);
      const headers = signedHeaders({ id: 'msg-1', body }, secret, new Date());
      const webhook = new Webhook(Buffer.from(secret).toString('base64'));
      expect(() => webhook.verify(body, headers)).not.toThrow();
      expect(() => webhook.verify(`${body} `, headers)).toThrow();
    }),
  );
});

test('an old message does not pass again', () => {
  const body = '{}';
  const secret = Buffer.from('a secret');
  const headers = signedHeaders({ id: 'msg-1', body }, secret, new Date(Date.now() - 3_600_000));
  expect(() => new Webhook(secret.toString('base64')).verify(body, headers)).toThrow();
});

test('a secret is what the file holds: base64 behind whsec_, or a line', () => {
  expect(secretBytes('whsec_c2VjcmV0\n')).toEqual(Buffer.from('secret'));
  expect(secretBytes('  secret \n')).toEqual(Buffer.from('secret'));
  expect(secretBytes('\n')).toBeNull();
  expect(secretBytes('whsec_')).toBeNull();
});
