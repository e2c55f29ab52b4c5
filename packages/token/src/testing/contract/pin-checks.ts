import assert from 'node:assert/strict';
import { Secret } from '@holdfast/age';

import type { PinSource } from '../../ports.ts';
import { tokenCheck, type TokenCheck } from './check.ts';
import { rejectsWith } from './rejects-with.ts';
import type { ContractSubject } from './subject.ts';

const onThrowAway = ({ target }: ContractSubject): boolean => target.throwAway;

/** What is only tried on a token that nobody will miss comes after what is tried on all. */
export const PIN_CHECKS: readonly TokenCheck[] = [
  tokenCheck('no try of the PIN was lost', async (subject) => {
    assert.equal(await subject.tries(), 'full');
  }),
  tokenCheck(
    'a wrong PIN is tried once, and not again by itself',
    async (subject) => {
      let given = 0;
      await using wrong = subject.openTokens(
        pins(
          () => wrongPin(subject),
          true,
          () => given++,
        ),
      );
      await rejectsWith(['PIN_INCORRECT'], wrong.show(subject.target.token, { login: true }));
      assert.equal(given, 1);
    },
    onThrowAway,
  ),
  tokenCheck(
    'after a wrong PIN a stored one is not tried',
    async (subject) => {
      await using stored = subject.openTokens(pins(subject.target.openPin, false));
      await rejectsWith(['PIN_REFUSED'], stored.show(subject.target.token, { login: true }));
    },
    onThrowAway,
  ),
  tokenCheck(
    'the right PIN gives all tries back',
    async (subject) => {
      await using typed = subject.openTokens();
      const { loggedIn } = await typed.show(subject.target.token, { login: true });
      assert.equal(loggedIn, true);
      assert.equal(await subject.tries(), 'full');
    },
    onThrowAway,
  ),
  tokenCheck(
    'a PIN that the token cannot have is not tried',
    async (subject) => {
      const odd = (): Secret => Secret.copy(Uint8Array.of(0x31, 0x32, 0x33, 0x34, 0xff, 0xfe));
      await using tokens = subject.openTokens(pins(odd, true));
      await rejectsWith(['PIN_INVALID'], tokens.show(subject.target.token, { login: true }));
      assert.equal(await subject.tries(), 'full');
    },
    onThrowAway,
  ),
];

function pins(
  openPin: () => Secret,
  typed: boolean,
  count: () => void = () => undefined,
): PinSource {
  return {
    pin: async () => {
      count();
      return { pin: openPin(), typed };
    },
    confirmLastTry: async () => false,
  };
}

/** As long as the right one, and different in every place. */
function wrongPin({ target }: ContractSubject): Secret {
  using right = target.openPin();
  return Secret.take(right.bytes.map((byte) => (byte === 0x30 ? 0x31 : 0x30)));
}
