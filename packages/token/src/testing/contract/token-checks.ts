import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';

import { tokenCheck, type TokenCheck } from './check.ts';
import { rejectsWith } from './rejects-with.ts';

export const TOKEN_CHECKS: readonly TokenCheck[] = [
  tokenCheck('the module names itself', async (subject) => {
    await using module = subject.openModule();
    const { description, manufacturer, version } = await module.info();
    assert.notEqual(`${manufacturer}${description}`, '');
    assert.match(version, /^\d+\.\d+$/);
  }),
  tokenCheck('the token is in one slot, and the same on asking again', async (subject) => {
    await using module = subject.openModule();
    const { label, serial } = subject.place;
    for (let time = 0; time < 2; time++) {
      const slots = await module.slots();
      const mine = slots.filter(({ token }) => token?.label === label && token.serial === serial);
      assert.equal(mine.length, 1);
      assert.equal(mine[0]?.token?.initialized, true);
      assert.equal(new Set(slots.map(({ id }) => id)).size, slots.length);
    }
  }),
  tokenCheck('the mechanisms have names and sizes', async (subject) => {
    await using module = subject.openModule();
    const mechanisms = await module.mechanisms(subject.place.slot);
    assert.ok(mechanisms.length > 0);
    assert.equal(new Set(mechanisms.map(({ code }) => code)).size, mechanisms.length);
    for (const { name } of mechanisms) assert.match(name, /^(?:CKM_[A-Z0-9_]+|0x[0-9a-f]+)$/);
  }),
  tokenCheck('public keys can be read without a login', async (subject) => {
    await using module = subject.openModule();
    for (const object of await module.objects(subject.place)) {
      assert.match(object.id, /^(?:[0-9a-f]{2})*$/);
      if (object.publicKey === null) continue;
      createPublicKey({ key: Buffer.from(object.publicKey), format: 'der', type: 'spki' });
    }
    assert.equal(await module.isLoggedIn(subject.place), !subject.report.token.loginRequired);
  }),
  tokenCheck(
    'a login shows each key with what the token claims of it',
    async ({ report, keys }) => {
      assert.equal(report.loggedIn, true);
      assert.ok(keys.length > 0, 'there is no key on it that can serve');
      for (const key of keys) {
        assert.notEqual(key.claims, null);
        assert.match(key.uri, /^pkcs11:/);
      }
    },
  ),
  tokenCheck('a token with another serial number is not asked anything', async (subject) => {
    await using module = subject.openModule();
    const other = { ...subject.place, serial: `${subject.place.serial.slice(1)}?` };
    await rejectsWith(['TOKEN_REMOVED'], module.objects(other));
  }),
];
