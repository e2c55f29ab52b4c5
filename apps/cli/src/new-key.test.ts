import { expect, test } from 'vitest';
import { newKeyGiven } from './new-key.ts';

test('label and id of the new key may stand in the URI, percent-encoded or not', async () => {
  const uri = 'pkcs11:token=my%20lab;object=k%C3%A9k;id=%01%fF;serial=1?module-name=softhsm2';
  expect(await newKeyGiven({ uri, type: 'p256' })).toEqual({
    token: 'pkcs11:token=my%20lab;serial=1?module-name=softhsm2',
    key: { kind: 'p256', label: 'kék', id: '01ff' },
  });
});

test('without an id, each key gets one of its own', async () => {
  const make = async (): Promise<string> =>
    (await newKeyGiven({ uri: 'pkcs11:token=lab', label: 'kek', type: 'aes' })).key.id;
  const [one, other] = [await make(), await make()];
  expect(one).toMatch(/^[0-9a-f]{16}$/);
  expect(other).not.toBe(one);
});

test('an RSA key has 2048 bits unless more are asked for', async () => {
  const rsa = { uri: 'pkcs11:token=lab', label: 'kek', type: 'rsa' } as const;
  expect((await newKeyGiven(rsa)).key).toMatchObject({ kind: 'rsa', bits: 2048 });
  expect((await newKeyGiven({ ...rsa, bits: 4096 })).key).toMatchObject({ bits: 4096 });
});

test('an attribute that is given twice is left for those who read URIs to refuse', async () => {
  const uri = 'pkcs11:token=lab;object=a;object=b';
  expect((await newKeyGiven({ uri, type: 'aes' })).token).toBe('pkcs11:token=lab;object=b');
});

const LAB = 'pkcs11:token=lab';

test.each([
  ['no label', { uri: LAB, type: 'p256' }],
  ['an empty label', { uri: `${LAB};object=`, type: 'p256' }],
  ['two labels', { uri: `${LAB};object=a`, label: 'b', type: 'p256' }],
  ['two ids', { uri: `${LAB};object=a;id=%01`, id: '02', type: 'p256' }],
  ['an id that is not hexadecimal', { uri: LAB, label: 'a', id: '1', type: 'p256' }],
  ['a broken escape', { uri: `${LAB};object=%4`, type: 'p256' }],
  ['a size that RSA keys do not have here', { uri: LAB, label: 'a', type: 'rsa', bits: 1024 }],
  ['a size for what has none to choose', { uri: LAB, label: 'a', type: 'aes', bits: 2048 }],
] as const)('%s is a usage error', async (_, args) => {
  await expect(newKeyGiven(args)).rejects.toMatchObject({ code: 'USAGE' });
});
