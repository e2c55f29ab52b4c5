import {
  constants,
  createECDH,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  type KeyObject as NodeKey,
} from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Secret } from '@holdfast/age';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyObject, KeyPlace, TokenModule } from '../ports.ts';
import { openFaultyModule, type FaultyModule } from '../testing/faulty-module.ts';
import { openSoftHsm, tokenNamed, type SoftHsm, type SoftHsmToken } from '../testing/softhsm.ts';
import { openModule } from './open-module.ts';

const ecdh = createECDH('prime256v1');
const point = ecdh.generateKeys();
const HMAC_KEY = Buffer.alloc(32, 7);
const MESSAGE = Buffer.from('message');
const OAEP_SHA1 = { kind: 'oaep', hash: 'sha1', label: null } as const;

let softhsm: SoftHsm;
let token: SoftHsmToken;
let faulty: FaultyModule;
let module: TokenModule;

beforeAll(async () => {
  softhsm = await openSoftHsm();
  process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
  token = await softhsm.addToken('lab', 'sésame 1');
  const { addKey } = softhsm;
  await addKey(token, { kind: 'p256', label: 'ec', id: '01' });
  await addKey(token, { kind: 'rsa', label: 'rsa', id: '02' });
  await addKey(token, { kind: 'aes', label: 'aes', id: '03' });
  await addKey(token, { kind: 'hmac', label: 'hmac', id: '04', imported: HMAC_KEY });
  await addKey(token, { kind: 'p256', label: 'useless', id: '05', useless: true });
  await addKey(token, { kind: 'rsa', label: 'always', id: '06', alwaysAuthenticate: true });
  await addKey(token, { kind: 'p256', label: 'twin', id: '07' });
  await addKey(token, { kind: 'p256', label: 'twin', id: '07' });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await addKey(token, { kind: 'p256', label: 'imported', id: '08', imported: privateKey });
  await addKey(token, { kind: 'p384', label: 'p384', id: '0a', extractable: true });
  faulty = await openFaultyModule(softhsm.module);
  module = openModule({ path: softhsm.module });
});

afterAll(async () => {
  await module[Symbol.asyncDispose]();
  await faulty[Symbol.asyncDispose]();
  await softhsm[Symbol.asyncDispose]();
});

async function login(to: TokenModule = module): Promise<void> {
  using pin = Secret.fromText(token.pin);
  await to.login(token.place, pin);
}

function place(label: string, id: string, kind: KeyPlace['class'] = 'private'): KeyPlace {
  return { token: token.place, class: kind, label, id };
}

async function objectOf(kind: KeyObject['class'], label: string): Promise<KeyObject> {
  const objects = await module.objects(token.place);
  return objects.find((object) => object.class === kind && object.label === label)!;
}

async function publicKeyOf(label: string): Promise<NodeKey> {
  const { publicKey } = await objectOf('public', label);
  return createPublicKey({ key: Buffer.from(publicKey!), format: 'der', type: 'spki' });
}

function sharedWith(key: NodeKey): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  const bytes = [x, y].map((text) => Buffer.from(text!, 'base64url'));
  return ecdh.computeSecret(Buffer.concat([Buffer.from([4]), ...bytes]));
}

function sealed(key: NodeKey): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, oaepHash: 'sha1', padding }, MESSAGE);
}

describe('before a login', () => {
  it('says what the module, its slots, tokens and mechanisms are', async () => {
    expect((await module.info()).description).toContain('PKCS11');
    const slots = await module.slots();
    const { token: info, id } = tokenNamed(slots, 'lab');
    expect({ id, serial: info.serial }).toEqual({ id: token.slot, serial: token.serial });
    expect(info).toMatchObject({ initialized: true, loginRequired: true, pinTries: 'full' });
    expect(slots.some((slot) => slot.token?.initialized === false)).toBe(true);
    const derive = (await module.mechanisms(id)).find(({ name }) => name === 'CKM_ECDH1_DERIVE');
    expect(derive?.flags).toContain('derive');
  });

  it('shows public keys, and no private ones', async () => {
    const objects = await module.objects(token.place);
    expect(objects.every((object) => object.class === 'public')).toBe(true);
    expect(await objectOf('public', 'p384')).toMatchObject({ type: 'ec', bits: 384, id: '0a' });
    expect(await objectOf('public', 'rsa')).toMatchObject({ type: 'rsa', bits: 2048 });
  });

  it('asks for the PIN when a private key is wanted', async () => {
    expect(await module.isLoggedIn(token.place)).toBe(false);
    await expect(module.agree(place('ec', '01'), point)).rejects.toMatchObject({
      code: 'PIN_NEEDED',
    });
  });

  it('spends no try of the PIN on what is no PIN', async () => {
    await using counted = openModule({ path: faulty.path });
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x31, 0xff)]) {
      using pin = Secret.copy(bytes);
      await expect(counted.login(token.place, pin)).rejects.toMatchObject({ code: 'PIN_INVALID' });
    }
    expect(faulty.logins()).toBe(0);
  });

  it('spends one try on a wrong PIN, and tells that it was wrong', async () => {
    faulty.forgetCalls();
    await using counted = openModule({ path: faulty.path });
    using pin = Secret.fromText('wrong');
    await expect(counted.login(token.place, pin)).rejects.toMatchObject({ code: 'PIN_INCORRECT' });
    expect(faulty.logins()).toBe(1);
    expect(tokenNamed(await counted.slots(), 'lab').token.pinTries).toBe('low');
    await login(counted);
  });
});

describe('after a login', () => {
  beforeAll(async () => {
    await login();
  });

  it('is logged in, and may be again', async () => {
    await login();
    expect(await module.isLoggedIn(token.place)).toBe(true);
  });

  it('shows what a key claims', async () => {
    const good = { sensitive: true, extractable: false, neverExtractable: true, local: true };
    expect((await objectOf('private', 'ec')).claims).toMatchObject(good);
    const imported = await objectOf('private', 'imported');
    expect(imported.claims).toMatchObject({ local: false, neverExtractable: false });
    expect((await objectOf('private', 'p384')).claims.extractable).toBe(true);
    expect(await objectOf('private', 'always')).toMatchObject({ alwaysAuthenticate: true });
    expect(await objectOf('secret', 'aes')).toMatchObject({ type: 'aes', bits: 256 });
    expect((await objectOf('private', 'useless')).usage.derive).toBe(false);
  });

  it.each([
    ['ec', '01'],
    ['imported', '08'],
  ])('agrees on the x coordinate with the key "%s"', async (label, id) => {
    using x = await module.agree(place(label, id), point);
    expect(Buffer.from(x.bytes)).toEqual(sharedWith(await publicKeyOf(label)));
  });

  it('refuses a point that is not on the curve, without asking the token', async () => {
    const off = Buffer.from(point);
    off[64] = off[64]! ^ 1;
    for (const bad of [off, point.subarray(1), Buffer.alloc(65), Buffer.alloc(0)]) {
      await expect(module.agree(place('ec', '01'), bad)).rejects.toMatchObject({
        code: 'TOKEN_FAILED',
      });
    }
  });

  it('decrypts RSA with OAEP and raw', async () => {
    const ciphertext = sealed(await publicKeyOf('rsa'));
    using message = await module.decrypt(place('rsa', '02'), OAEP_SHA1, ciphertext);
    expect(Buffer.from(message.bytes)).toEqual(MESSAGE);
    using block = await module.decrypt(place('rsa', '02'), { kind: 'raw' }, ciphertext);
    expect(block.bytes).toHaveLength(256);
    expect(block.bytes[0]).toBe(0);
  });

  it('says when the token cannot do it that way, and goes on', async () => {
    const ciphertext = sealed(await publicKeyOf('rsa'));
    const method = { kind: 'oaep', hash: 'sha256', label: null } as const;
    await expect(module.decrypt(place('rsa', '02'), method, ciphertext)).rejects.toMatchObject({
      code: 'TOKEN_FAILED',
    });
    for (const bad of [
      Buffer.alloc(256, 0xff),
      Buffer.alloc(255),
      Buffer.alloc(0),
      Buffer.alloc(600),
    ]) {
      await expect(module.decrypt(place('rsa', '02'), OAEP_SHA1, bad)).rejects.toMatchObject({
        code: 'TOKEN_FAILED',
      });
    }
    using message = await module.decrypt(place('rsa', '02'), OAEP_SHA1, ciphertext);
    expect(Buffer.from(message.bytes)).toEqual(MESSAGE);
  });

  it('makes message authentication codes', async () => {
    using code = await module.mac(place('hmac', '04', 'secret'), 'hmac-sha256', MESSAGE);
    expect(Buffer.from(code.bytes)).toEqual(
      createHmac('sha256', HMAC_KEY).update(MESSAGE).digest(),
    );
    using cmac = await module.mac(place('aes', '03', 'secret'), 'aes-cmac', MESSAGE);
    expect(cmac.bytes).toHaveLength(16);
  });

  it('tells keys apart that may not, are not there, or are two', async () => {
    const codes = await Promise.all(
      [
        place('useless', '05'),
        place('nothing', '01'),
        place('ec', 'ff'),
        place('twin', '07'),
        place('rsa', '02'),
      ].map(
        async (key) =>
          await module.agree(key, point).then(
            () => null,
            (error: unknown) => (error as { code: string }).code,
          ),
      ),
    );
    expect(codes).toEqual([
      'KEY_UNUSABLE',
      'KEY_NOT_FOUND',
      'KEY_NOT_FOUND',
      'KEY_AMBIGUOUS',
      'KEY_UNUSABLE',
    ]);
  });

  it('gives the PIN to a key that asks for it at every use, and to no other', async () => {
    faulty.forgetCalls();
    await using counted = openModule({ path: faulty.path });
    await login(counted);
    using pin = Secret.fromText(token.pin);
    const ciphertext = sealed(await publicKeyOf('always'));
    const key = place('always', '06');
    await expect(counted.decrypt(key, OAEP_SHA1, ciphertext)).rejects.toMatchObject({
      code: 'PIN_NEEDED',
    });
    using message = await counted.decrypt(key, OAEP_SHA1, ciphertext, { pin });
    expect(Buffer.from(message.bytes)).toEqual(MESSAGE);
    using wrong = Secret.fromText('wrong');
    await expect(counted.decrypt(key, OAEP_SHA1, ciphertext, { pin: wrong })).rejects.toMatchObject(
      { code: 'PIN_INCORRECT' },
    );
    using again = await counted.decrypt(key, OAEP_SHA1, ciphertext, { pin });
    expect(Buffer.from(again.bytes)).toEqual(MESSAGE);
    using other = await counted.agree(place('ec', '01'), point, { pin });
    expect(other.bytes).toHaveLength(32);
    const logins = faulty.calls().filter((name) => name.startsWith('C_Login'));
    expect(logins).toEqual(['C_Login 1', 'C_Login 2', 'C_Login 2', 'C_Login 2']);
  });

  it('makes keys that cannot leave the token, and never a second of the same name', async () => {
    for (const [index, key] of (
      [{ kind: 'p256' }, { kind: 'rsa', bits: 2048 }, { kind: 'aes' }, { kind: 'hmac' }] as const
    ).entries()) {
      const named = { ...key, label: `new ${key.kind}`, id: `b${index}` };
      await module.generate(token.place, named);
      const kind = key.kind === 'p256' || key.kind === 'rsa' ? 'private' : 'secret';
      expect(await objectOf(kind, named.label)).toMatchObject({
        id: named.id,
        claims: { sensitive: true, extractable: false, neverExtractable: true, local: true },
      });
      for (const twin of [
        { ...named, id: 'ff' },
        { ...named, label: 'other' },
      ]) {
        await expect(module.generate(token.place, twin)).rejects.toMatchObject({
          code: 'KEY_EXISTS',
        });
      }
    }
    using x = await module.agree(place('new p256', 'b0'), point);
    expect(Buffer.from(x.bytes)).toEqual(sharedWith(await publicKeyOf('new p256')));
    using code = await module.mac(place('new aes', 'b2', 'secret'), 'aes-cmac', MESSAGE);
    using hmac = await module.mac(place('new hmac', 'b3', 'secret'), 'hmac-sha256', MESSAGE);
    expect([code.bytes.length, hmac.bytes.length]).toEqual([16, 32]);
  });

  it('answers many requests at once, each with its own answer', async () => {
    const messages = Array.from({ length: 200 }, (_, index) => Buffer.from(`message ${index}`));
    const codes = await Promise.all(
      messages.map(async (message) => {
        using code = await module.mac(place('hmac', '04', 'secret'), 'hmac-sha256', message);
        return Buffer.from(code.bytes).toString('hex');
      }),
    );
    expect(codes).toEqual(
      messages.map((message) => createHmac('sha256', HMAC_KEY).update(message).digest('hex')),
    );
  });
});

describe('the process around a module', () => {
  it('ends after a while without a request, with its login, and begins again', async () => {
    await using short = openModule({ path: faulty.path }, { idleMilliseconds: 50 });
    await login(short);
    faulty.forgetCalls();
    while (!faulty.calls().includes('C_Finalize')) await wait(20);
    expect(await short.isLoggedIn(token.place)).toBe(false);
  });

  it('is left when a request is cancelled, and serves the next', async () => {
    await using slow = openModule({ path: faulty.path });
    await login(slow);
    faulty.fail({ at: 'C_DeriveKey', does: 'sleep', milliseconds: 300 });
    const controller = new AbortController();
    const { signal } = controller;
    const requests = Array.from({ length: 60 }, async () => {
      using x = await slow.agree(place('ec', '01'), point, { signal });
      return x.bytes.length;
    });
    controller.abort();
    const results = await Promise.allSettled(requests);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
    }
    using x = await slow.agree(place('ec', '01'), point);
    expect(x.bytes).toHaveLength(32);
    expect(faulty.calls().filter((name) => name === 'C_DeriveKey').length).toBeLessThan(60);
  });

  it('is not even begun for a request that was cancelled before', async () => {
    faulty.forgetCalls();
    await using unused = openModule({ path: faulty.path });
    const signal = AbortSignal.abort();
    await expect(unused.slots({ signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(faulty.calls()).toEqual([]);
  });

  it('ends with what still waits when it is disposed', async () => {
    const result = await (async () => {
      await using closing = openModule({ path: faulty.path });
      const request = closing.slots().then(
        () => null,
        (error: unknown) => (error as { code: string }).code,
      );
      return { request };
    })();
    expect(await result.request).toBe('CANCELLED');
  });
});

it('a module that was restarted sees tokens that are new, and nobody is logged in', async () => {
  await using other = openModule({ path: softhsm.module });
  await login(other);
  await softhsm.addToken('new');
  const labels = async (): Promise<unknown[]> =>
    (await other.slots()).map((slot) => slot.token?.label);
  expect(await labels()).not.toContain('new');
  await other.restart();
  expect(await labels()).toContain('new');
  expect(await other.isLoggedIn(token.place)).toBe(false);
});
