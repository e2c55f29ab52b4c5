import { tokenError } from '../errors.ts';
import type { PinRequest, TokenInfo } from '../ports.ts';
import { checkPin } from '../module/pin-text.ts';

/** A PIN that could be tried, and what a person said to it. */
export interface PinOffer {
  readonly typed: boolean;
  readonly confirmed: boolean;
}

/** Throws PIN_LOCKED or PIN_EXPIRED when no PIN could be right, so that none need be asked for. */
export function assertTakesPins(token: TokenInfo): void {
  if (token.pinTries === 'locked') {
    throw tokenError('PIN_LOCKED', `the PIN of the token "${token.label}" is locked`);
  }
  if (!token.pinSet) {
    throw tokenError('PIN_EXPIRED', `the user PIN of the token "${token.label}" was never set`);
  }
  if (token.pinExpired) {
    throw tokenError('PIN_EXPIRED', `the PIN of the token "${token.label}" has expired`);
  }
}

/**
 * What is known of the tries left. `failures` are those remembered: of a token whose flags say nothing, one
 * is taken for a warning and two for all but the last try, for few tokens lock after less than three.
 */
export function triesLeft(token: TokenInfo, failures: number): PinRequest['tries'] {
  assertTakesPins(token);
  if (token.pinTries === 'low' || token.pinTries === 'last') return token.pinTries;
  if (failures === 0) return 'full';
  return failures === 1 ? 'low' : 'last';
}

/** Throws PIN_REFUSED or PIN_LAST_TRY when a PIN must not be tried now. */
export function assertMayTry(token: TokenInfo, failures: number, offer: PinOffer): void {
  const tries = triesLeft(token, failures);
  if (tries === 'last' && !(offer.typed && offer.confirmed)) {
    throw tokenError(
      'PIN_LAST_TRY',
      `the next wrong PIN may lock the token "${token.label}" for good`,
    );
  }
  if (tries === 'low' && !offer.typed) {
    throw tokenError(
      'PIN_REFUSED',
      `the last PIN for the token "${token.label}" was wrong, so a stored one is not tried`,
    );
  }
}

/** Throws PIN_INVALID for what cannot be a PIN of this token: some count that as a try, too. */
export function assertPlausible(token: TokenInfo, pin: Uint8Array): void {
  checkPin(pin);
  if (pin.includes(0)) throw tokenError('PIN_INVALID', 'the PIN holds a NUL');
  const { min, max } = token.pinLength;
  if (pin.length < min || (max > 0 && pin.length > max)) {
    const range = max > 0 ? `${min} to ${max}` : `at least ${min}`;
    throw tokenError(
      'PIN_INVALID',
      `the token "${token.label}" takes PINs of ${range} bytes, not of such a length`,
    );
  }
}
