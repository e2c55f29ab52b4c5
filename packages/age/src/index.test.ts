import { expect, test } from 'vitest';
import * as age from './index.ts';

test('the public names are these and no others', () => {
  expect(Object.keys(age).sort()).toEqual([
    'DirectReader',
    'HoldfastError',
    'HybridIdentity',
    'HybridRecipient',
    'PlaintextDigest',
    'SSH_RSA_OAEP_LABEL',
    'ScryptIdentity',
    'ScryptRecipient',
    'Secret',
    'SshRsaIdentity',
    'SshRsaRecipient',
    'TagIdentity',
    'TagRecipient',
    'X25519Identity',
    'X25519Recipient',
    'ageError',
    'armorStream',
    'dearmorStream',
    'decodeArmor',
    'decodeBase64',
    'decodeBech32',
    'decrypt',
    'decryptFile',
    'decryptPayload',
    'decryptStream',
    'digestFile',
    'encodeArmor',
    'encodeBase64',
    'encodeBech32',
    'encodeHeader',
    'encrypt',
    'encryptFile',
    'encryptPayload',
    'encryptStream',
    'generateIdentity',
    'isArmored',
    'openFileKey',
    'openIdentityFile',
    'parseHeader',
    'parseIdentity',
    'parseIdentityFile',
    'parseRecipient',
    'readDirect',
    'readHeader',
    'sealFileKey',
    'servePlugin',
    'throwIfCancelled',
    'unwrapHeader',
    'wrapHeader',
  ]);
});

test('a newcomer encrypts and decrypts in three lines', async () => {
  const identity = age.generateIdentity();
  const file = await age.encrypt(Buffer.from('the master secret'), [identity.recipient()]);
  expect(Buffer.from(await age.decrypt(file, [identity])).toString()).toBe('the master secret');
});
