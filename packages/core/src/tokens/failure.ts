import { HoldfastError } from '@holdfast/age';
import type { KeyDetails } from '@holdfast/token';

/** What a token, its module or its PIN ended with. What was asked for wrongly is no failure of a token. */
export function isTokenFailure(error: unknown): error is HoldfastError {
  if (!(error instanceof HoldfastError)) return false;
  const code = String(error.code);
  if (code === 'TOKEN_URI_INVALID' || code === 'TOKEN_ALIAS_NOT_FOUND') return false;
  return /^(?:TOKEN|MODULE|KEY|PIN)_/.test(code);
}

/** Whether asking once more would spend another try, or end the same way. */
export function isAboutPin({ code }: HoldfastError): boolean {
  return code.startsWith('PIN_');
}

export function isSameToken(one: KeyDetails, other: KeyDetails): boolean {
  return one.token.serial === other.token.serial && one.token.label === other.token.label;
}
