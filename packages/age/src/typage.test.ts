import { createECDH, createHash, createHmac, ECDH } from 'node:crypto';
import * as typage from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { encodeArmor } from './armor/encode.ts';
import { decrypt } from './decrypt.ts';
import { decodeBase64 } from './encoding/base64.ts';
import { encodeBech32 } from './encoding/bech32.ts';
import { encrypt } from './encrypt.ts';
import { unwrapHeader } from './header/unwrap.ts';
import type { Identity, Stanza } from './ports.ts';
import { HybridIdentity } from './recipients/hybrid.ts';
import { hpkeOpen, openDhkemP256 } from './recipients/hpke.ts';
import { parseIdentity, parseRecipient } from './recipients/parse.ts';
import { ScryptIdentity, ScryptRecipient } from './recipients/scrypt.ts';
import { TagRecipient } from './recipients/tag.ts';
import { X25519Identity } from './recipients/x25519.ts';
import { Secret } from './secret.ts';

// typage is the other implementation in TypeScript, by the author of the format.

const SIZES = [0, 1, 65_535, 65_536, 65_537];

function payloadOf(size: number): Uint8Array {
  return new Uint8Array(size).map((_, index) => index * 31);
}

function textOf(identity: X25519Identity | HybridIdentity): string {
  using line = identity.toSecret();
  return Buffer.from(line.bytes).toString();
}

describe.each([
  ['age1', typage.generateX25519Identity, () => X25519Identity.generate()],
  ['age1pq', typage.generateHybridIdentity, () => HybridIdentity.generate()],
] as const)('%s', (_, theirs, ours) => {
  test('both derive the same recipient from an identity', async () => {
    const text = await theirs();
    const recipient = parseIdentity(text).recipient().toString();
    expect(recipient).toBe(await typage.identityToRecipient(text));
    expect(await typage.identityToRecipient(textOf(ours()))).toMatch(/^age1/);
  });

  test.each(SIZES)('%i bytes go from us to typage', async (size) => {
    const identity = ours();
    const decrypter = new typage.Decrypter();
    decrypter.addIdentity(textOf(identity));
    const file = await encrypt(payloadOf(size), [identity.recipient()]);
    expect(Buffer.compare(await decrypter.decrypt(file), payloadOf(size))).toBe(0);
  });

  test.each(SIZES)('%i bytes go from typage to us', async (size) => {
    const identity = ours();
    const encrypter = new typage.Encrypter();
    encrypter.addRecipient(identity.recipient().toString());
    const file = await encrypter.encrypt(payloadOf(size));
    expect(Buffer.compare(await decrypt(file, [identity]), payloadOf(size))).toBe(0);
  });
});

test('a password goes both ways', async () => {
  using password = Secret.fromText('ein Paßwort');
  const decrypter = new typage.Decrypter();
  decrypter.addPassphrase('ein Paßwort');
  const recipient = new ScryptRecipient(password, { workFactor: 4 });
  const ours = await encrypt(Buffer.from('ours'), [recipient]);
  expect(await decrypter.decrypt(ours, 'text')).toBe('ours');
  const encrypter = new typage.Encrypter();
  encrypter.setPassphrase('ein Paßwort');
  encrypter.setScryptWorkFactor(4);
  const theirs = await encrypter.encrypt('theirs');
  const opened = await decrypt(theirs, [new ScryptIdentity(password)]);
  expect(Buffer.from(opened).toString()).toBe('theirs');
});

test('armor goes both ways', () => {
  const file = payloadOf(1000);
  const armored = Buffer.from(encodeArmor(file)).toString();
  expect(typage.armor.encode(file)).toBe(armored);
  expect(typage.armor.decode(armored)).toEqual(file);
});

describe('age1tag', () => {
  const token = createECDH('prime256v1');
  token.generateKeys();
  const compressed = token.getPublicKey(null, 'compressed');
  const recipient = encodeBech32('age1tag', compressed);

  /** What a token does: one ECDH, and the rest in software (C2SP age, "p256tag recipient"). */
  const tokenIdentity: Identity = {
    unwrapFileKey: async (stanzas: readonly Stanza[]) => {
      for (const { args, body } of stanzas) {
        const [type, tag, encapsulated] = args;
        if (type !== 'p256tag' || args.length !== 3) continue;
        const enc = decodeBase64(encapsulated ?? '') ?? new Uint8Array();
        const hash = createHash('sha256').update(compressed).digest().subarray(0, 4);
        const info = 'age-encryption.org/p256tag';
        const expected = createHmac('sha256', info).update(enc).update(hash).digest();
        expect(decodeBase64(tag ?? '')).toEqual(new Uint8Array(expected.subarray(0, 4)));
        const dh = token.computeSecret(enc);
        using shared = openDhkemP256(dh, enc, token.getPublicKey(null, 'uncompressed'));
        return hpkeOpen({ kem: 0x0010, info }, shared, body);
      }
      return null;
    },
  };

  test('what either encrypts, the token opens', async () => {
    const encrypter = new typage.Encrypter();
    encrypter.addRecipient(recipient);
    const theirs = await encrypter.encrypt('to a token');
    const ours = await encrypt(Buffer.from('to a token'), [parseRecipient(recipient)]);
    for (const file of [theirs, ours]) {
      const opened = await decrypt(file, [tokenIdentity]);
      expect(Buffer.from(opened).toString()).toBe('to a token');
    }
    expect(ours.length).toBe(theirs.length);
  });

  test('goes together with other classical recipients', async () => {
    const identity = X25519Identity.generate();
    const both = [new TagRecipient(compressed), identity.recipient()];
    const file = await encrypt(Buffer.from('either'), both);
    for (const one of [identity, tokenIdentity]) {
      using fileKey = await unwrapHeader(file, [one]);
      expect(fileKey.bytes).toHaveLength(16);
    }
  });

  test('the encapsulated point is a fresh one, on the curve, uncompressed', async () => {
    const wrap = async () => {
      const [stanza] = await new TagRecipient(compressed).wrapFileKey(new Uint8Array(16));
      return decodeBase64(stanza?.args[2] ?? '') ?? new Uint8Array();
    };
    const [one, two] = [await wrap(), await wrap()];
    expect(one).toHaveLength(65);
    expect(one).not.toEqual(two);
    expect(ECDH.convertKey(one, 'prime256v1')).toHaveLength(65);
  });
});
