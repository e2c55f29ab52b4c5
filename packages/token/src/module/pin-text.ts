import { isUtf8 } from 'node:buffer';
import { tokenError } from '../errors.ts';

/** Throws PIN_INVALID: an empty PIN would spend a try, and a PIN is UTF-8. */
export function checkPin(pin: Uint8Array): void {
  if (pin.length === 0) throw tokenError('PIN_INVALID', 'the PIN is empty');
  if (!isUtf8(pin)) throw tokenError('PIN_INVALID', 'the PIN is not UTF-8');
}

/** What C_Login takes. A string cannot be wiped: it is made in the process that has the module, and nowhere else. */
export function pinText(pin: Uint8Array): string {
  checkPin(pin);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(pin);
}
