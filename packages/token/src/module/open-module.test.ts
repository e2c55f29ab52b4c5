import { createECDH, createPublicKey, constants, createHmac, publicEncrypt } from 'node:crypto';
import { Secret } from '@holdfast/age';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSoftHsm, tokenNamed, type SoftHsm, type SoftHsmToken } from '../testing/softhsm.ts';
import { openModule } from './open-module.ts';

let softhsm: SoftHsm;
let token: SoftHsmToken;

beforeAll(async () => {
  softhsm = await openSoftHsm();
  process.env['SOFTHSM2_CONF'] = softhsm.environment.SOFTHSM2_CONF;
  token = await softhsm.addToken('lab', 'sésame 1');
  await softhsm.addKey(token, { kind: 'p256', label: 'ec', id: '01' });
  await softhsm.addKey(token, { kind: 'rsa', label: 'rsa', id: '02' });
  await softhsm.addKey(token, { kind: 'aes', label: 'aes', id: '03' });
  await softhsm.addKey(token, {
    kind: 'hmac',
    label: 'hmac',
    id: '04',
    imported: Buffer.alloc(32, 7),
  });
});

afterAll(async () => {
  await softhsm[Symbol.asyncDispose]();
});

describe('a module', () => {
  it('works', async () => {
    await using module = openModule({ path: softhsm.module });
    console.log(await module.info());
    const slots = await module.slots();
    console.log(slots, token);
    const slot = tokenNamed(slots, 'lab');
    console.log((await module.mechanisms(slot.id)).length);
    console.log(await module.objects(token.place));
    expect(await module.isLoggedIn(token.place)).toBe(false);
    using pin = Secret.fromText(token.pin);
    await module.login(token.place, pin);
    await module.login(token.place, pin);
    expect(await module.isLoggedIn(token.place)).toBe(true);
    const objects = await module.objects(token.place);
    console.log(objects);
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    const key = { token: token.place, class: 'private', id: '01', label: 'ec' } as const;
    const ec = objects.find((object) => object.class === 'public' && object.type === 'ec')!;
    const rsa = objects.find((object) => object.class === 'public' && object.type === 'rsa')!;
    const publicKey = createPublicKey({
      key: Buffer.from(ec.publicKey!),
      format: 'der',
      type: 'spki',
    });
    const jwk = publicKey.export({ format: 'jwk' });
    const other = Buffer.concat([
      Buffer.from([4]),
      Buffer.from(jwk.x!, 'base64url'),
      Buffer.from(jwk.y!, 'base64url'),
    ]);
    {
      using z = await module.agree(key, ecdh.getPublicKey());
      expect(Buffer.from(z.bytes)).toEqual(ecdh.computeSecret(other));
    }
    const rsaKey = { token: token.place, class: 'private', id: '02', label: 'rsa' } as const;
    const rsaPublic = createPublicKey({
      key: Buffer.from(rsa.publicKey!),
      format: 'der',
      type: 'spki',
    });
    const ct = publicEncrypt(
      { key: rsaPublic, oaepHash: 'sha1', padding: constants.RSA_PKCS1_OAEP_PADDING },
      Buffer.from('hi'),
    );
    {
      using m = await module.decrypt(rsaKey, { kind: 'oaep', hash: 'sha1', label: null }, ct);
      expect(Buffer.from(m.bytes).toString()).toBe('hi');
      using raw = await module.decrypt(rsaKey, { kind: 'raw' }, ct);
      expect(raw.bytes.length).toBe(256);
    }
    await expect(
      module.decrypt(rsaKey, { kind: 'oaep', hash: 'sha256', label: null }, ct),
    ).rejects.toMatchObject({ code: 'TOKEN_FAILED' });
    {
      const place = { token: token.place, class: 'secret', id: '04', label: 'hmac' } as const;
      using m = await module.mac(place, 'hmac-sha256', Buffer.from('x'));
      expect(Buffer.from(m.bytes)).toEqual(
        createHmac('sha256', Buffer.alloc(32, 7)).update('x').digest(),
      );
      using c = await module.mac(
        { ...place, id: '03', label: 'aes' },
        'aes-cmac',
        Buffer.from('x'),
      );
      expect(c.bytes.length).toBe(16);
    }
    await module.generate(token.place, { kind: 'p256', label: 'new', id: '09' });
    await expect(
      module.generate(token.place, { kind: 'p256', label: 'new', id: '19' }),
    ).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    using z2 = await module.agree({ ...key, id: '09', label: 'new' }, ecdh.getPublicKey());
    expect(z2.bytes.length).toBe(32);
  });
});
