import { constants, createECDH, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import * as typage from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { decrypt } from '../decrypt.ts';
import { encodeBase64, encodePaddedBase64 } from '../encoding/base64.ts';
import { encrypt } from '../encrypt.ts';
import type { Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { codeThrown } from '../testing/codes.ts';
import { X25519Identity } from './x25519.ts';
import { SSH_RSA_OAEP_LABEL, SshRsaIdentity, SshRsaRecipient } from './ssh-rsa.ts';
import { TagIdentity, TagRecipient } from './tag.ts';

// Keys that a token would hold, here in software: what is asked of them is what a token can do.

const PLAINTEXT = Buffer.from('to a token');

function newTagIdentity() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const recipient = TagRecipient.fromPublicKey(publicKey.export({ format: 'der', type: 'spki' }));
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  let operations = 0;
  const identity = new TagIdentity(recipient, async (point) => {
    operations++;
    return Secret.copy(ecdh.computeSecret(point));
  });
  return { recipient, identity, operations: () => operations };
}

function newRsaKey(bits = 2048, publicExponent = 65_537) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicExponent,
  });
  return { spki: publicKey.export({ format: 'der', type: 'spki' }), privateKey };
}

const rsaKeys = [newRsaKey(), newRsaKey(3072)];

function newRsaIdentity({ spki, privateKey } = rsaKeys[0] ?? newRsaKey()) {
  const recipient = SshRsaRecipient.fromPublicKey(spki);
  let operations = 0;
  const identity = new SshRsaIdentity(recipient, async (ciphertext) => {
    operations++;
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const oaep = { padding, oaepHash: 'sha256', oaepLabel: SSH_RSA_OAEP_LABEL };
    try {
      return Secret.copy(privateDecrypt({ key: privateKey, ...oaep }, ciphertext));
    } catch {
      return null;
    }
  });
  return { recipient, identity, operations: () => operations };
}

describe.each([
  ['p256tag', newTagIdentity, newTagIdentity],
  ['ssh-rsa', () => newRsaIdentity(), () => newRsaIdentity(rsaKeys[1])],
] as const)('%s', (_, mine, theirs) => {
  const fileKey = new Uint8Array(16).fill(7);

  test('what is sealed to a key is opened by it, among others', async () => {
    const [one, two] = [mine(), theirs()];
    const recipients = [two.recipient, X25519Identity.generate().recipient(), one.recipient];
    const file = await encrypt(PLAINTEXT, recipients);
    expect(Buffer.compare(await decrypt(file, [one.identity]), PLAINTEXT)).toBe(0);
    expect(one.operations()).toBe(1);
  });

  test('what is for others spends no operation of the key', async () => {
    const [one, two] = [mine(), theirs()];
    const stanzas = await two.recipient.wrapFileKey(fileKey);
    expect(await one.identity.unwrapFileKey(stanzas)).toBe(null);
    expect(await one.identity.unwrapFileKey([{ args: ['x'], body: fileKey }])).toBe(null);
    expect(one.operations()).toBe(0);
  });

  test('a stanza for the key that was altered is an error', async () => {
    const { recipient, identity } = mine();
    const [stanza] = (await recipient.wrapFileKey(fileKey)) as [Stanza];
    const body = Uint8Array.from(stanza.body);
    body[5] = (body[5] ?? 0) ^ 1;
    const code = { code: 'AGE_HEADER_INVALID' };
    await expect(identity.unwrapFileKey([{ ...stanza, body }])).rejects.toMatchObject(code);
  });

  test('a malformed stanza of the type is an error before the key sees it', async () => {
    const { recipient, identity, operations } = mine();
    const [stanza] = (await recipient.wrapFileKey(fileKey)) as [Stanza];
    const [type = '', tag = '', ...rest] = stanza.args;
    const malformed: Stanza[] = [
      { ...stanza, body: stanza.body.subarray(1) },
      { ...stanza, args: [...stanza.args, 'more'] },
      { ...stanza, args: [type] },
      { ...stanza, args: [type, `${tag}AA`, ...rest] },
      { ...stanza, args: [type, `${tag}==`, ...rest] },
    ];
    for (const each of malformed) {
      expect(codeThrown(() => recipient.matches(each))).toBe('AGE_HEADER_INVALID');
      const opening = identity.unwrapFileKey([each]);
      await expect(opening).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
    }
    expect(operations()).toBe(0);
  });

  test('a recipient survives its text', async () => {
    const { recipient } = mine();
    const again =
      recipient instanceof TagRecipient
        ? TagRecipient.parse(recipient.toString())
        : SshRsaRecipient.parse(`${recipient.toString()} somebody@somewhere`);
    expect(again.toString()).toBe(recipient.toString());
    const [stanza] = (await again.wrapFileKey(fileKey)) as [Stanza];
    expect(recipient.matches(stanza)).toBe(true);
  });
});

describe('p256tag', () => {
  test('a point that is not on the curve, or compressed, never reaches the key', async () => {
    const { recipient, identity, operations } = newTagIdentity();
    const [stanza] = (await recipient.wrapFileKey(new Uint8Array(16))) as [Stanza];
    const [type = '', tag = ''] = stanza.args;
    const offCurve = Buffer.alloc(65, 1);
    offCurve[0] = 4;
    for (const point of [offCurve, Buffer.alloc(65), recipient.point.subarray(0, 33)]) {
      const opening = identity.unwrapFileKey([
        { ...stanza, args: [type, tag, encodeBase64(point)] },
      ]);
      await expect(opening).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
    }
    expect(operations()).toBe(0);
  });

  test('only a key on P-256 is a recipient', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey;
    const ed25519 = generateKeyPairSync('ed25519').publicKey;
    const others = [p384, ed25519].map((key) => key.export({ format: 'der', type: 'spki' }));
    for (const spki of [...others, rsaKeys[0]?.spki ?? Buffer.alloc(0), Buffer.alloc(91)]) {
      expect(codeThrown(() => TagRecipient.fromPublicKey(spki))).toBe('RECIPIENT_INVALID');
    }
  });

  test('typage seals to it', async () => {
    const { recipient, identity } = newTagIdentity();
    const encrypter = new typage.Encrypter();
    encrypter.addRecipient(recipient.toString());
    const file = await encrypter.encrypt(PLAINTEXT);
    expect(Buffer.compare(await decrypt(file, [identity]), PLAINTEXT)).toBe(0);
  });
});

describe('ssh-rsa', () => {
  test.each([2048, 3072, 4096])('stock age seals to a key of %i bits', async (bits) => {
    const { recipient, identity } = newRsaIdentity(newRsaKey(bits));
    const file = execFileSync('age', ['-r', recipient.toString()], { input: PLAINTEXT });
    expect(Buffer.compare(await decrypt(file, [identity]), PLAINTEXT)).toBe(0);
  });

  test('keys that age would not take are no recipients', () => {
    const { publicKey: pss } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const odd = [newRsaKey(1024).spki, newRsaKey(2048, 2 ** 25 + 1).spki];
    for (const spki of [...odd, pss.export({ format: 'der', type: 'spki' }), Buffer.alloc(9)]) {
      expect(codeThrown(() => SshRsaRecipient.fromPublicKey(spki))).toBe('RECIPIENT_INVALID');
    }
    for (const bits of [2047, 4104]) {
      const line = sshLine(Buffer.alloc(Math.ceil(bits / 8), bits % 8 === 0 ? 0xff : 0x7f));
      expect(codeThrown(() => SshRsaRecipient.parse(line))).toBe('RECIPIENT_INVALID');
    }
  });

  test('a line that is not the one encoding of a key is refused', () => {
    const modulus = Buffer.alloc(256, 0xff);
    const good = sshLine(modulus);
    expect(codeThrown(() => SshRsaRecipient.parse(good))).toBe('no error');
    const wire = Buffer.from(good.slice('ssh-rsa '.length), 'base64');
    const lines = [
      sshLine(modulus, { sign: Buffer.alloc(0) }),
      sshLine(modulus, { sign: Buffer.alloc(2) }),
      sshLine(modulus, { type: 'ssh-dss' }),
      `ssh-rsa ${encodePaddedBase64(Buffer.concat([wire, Buffer.alloc(4)]))}`,
      `ssh-rsa ${encodePaddedBase64(wire.subarray(0, -1))}`,
      `ssh-ed25519 ${wire.toString('base64')}`,
      good.replace(' ', '  '),
      'ssh-rsa',
      '',
    ];
    for (const line of lines) {
      expect(
        codeThrown(() => SshRsaRecipient.parse(line)),
        line,
      ).toBe('RECIPIENT_INVALID');
    }
  });
});

function sshLine(
  modulus: Uint8Array,
  { sign = Buffer.alloc((modulus[0] ?? 0) & 0x80 ? 1 : 0), type = 'ssh-rsa' } = {},
): string {
  const parts = [Buffer.from(type), Buffer.from([1, 0, 1]), Buffer.concat([sign, modulus])];
  const wire = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-rsa ${encodePaddedBase64(Buffer.concat(wire))}`;
}
