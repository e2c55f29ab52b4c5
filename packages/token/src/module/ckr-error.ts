import type { HoldfastError } from '@holdfast/age';
import { tokenError, type TokenErrorCode } from '../errors.ts';

const ANSWER = /(CKR_[A-Z0-9_]+):(\d+)/;

/** A function of a module that did not answer CKR_OK, or answered what cannot be. */
export class CkrError extends Error {
  override readonly name = 'CkrError';
  readonly function: string;
  /** CKR_…; of one without a name, its number; or what was wrong with the answer. */
  readonly ckr: string;

  constructor(name: string, ckr: string) {
    super(`${name} answered ${ckr}`);
    this.function = name;
    this.ckr = ckr;
  }

  /** pkcs11js throws three classes; all have "CKR_NAME:number" in their stack or their message. */
  static from(name: string, error: unknown): CkrError {
    if (error instanceof CkrError) return error;
    const text = error instanceof Error ? error.message : String(error);
    const answer = ANSWER.exec(text);
    if (answer?.[1] !== undefined && answer[1] !== 'CKR_VENDOR_DEFINED') {
      return new CkrError(name, answer[1]);
    }
    if (text.startsWith('CKR_') && text !== 'CKR_VENDOR_DEFINED') return new CkrError(name, text);
    const number = answer?.[2] ?? (error as { code?: unknown }).code;
    if (typeof number === 'string' || (typeof number === 'number' && number !== 0)) {
      return new CkrError(name, `CKR 0x${Number(number).toString(16)}`);
    }
    return new CkrError(name, `what pkcs11js could not take (${text})`);
  }
}

const CODES: Readonly<Record<string, TokenErrorCode>> = {
  CKR_DEVICE_REMOVED: 'TOKEN_REMOVED',
  CKR_TOKEN_NOT_PRESENT: 'TOKEN_REMOVED',
  CKR_TOKEN_NOT_RECOGNIZED: 'TOKEN_REMOVED',
  CKR_SLOT_ID_INVALID: 'TOKEN_REMOVED',
  CKR_SESSION_HANDLE_INVALID: 'TOKEN_REMOVED',
  CKR_SESSION_CLOSED: 'TOKEN_REMOVED',

  CKR_SESSION_COUNT: 'TOKEN_BUSY',
  CKR_SESSION_EXISTS: 'TOKEN_BUSY',
  CKR_SESSION_READ_WRITE_SO_EXISTS: 'TOKEN_BUSY',
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: 'TOKEN_BUSY',
  CKR_USER_TOO_MANY_TYPES: 'TOKEN_BUSY',

  CKR_TOKEN_WRITE_PROTECTED: 'TOKEN_READ_ONLY',
  CKR_SESSION_READ_ONLY: 'TOKEN_READ_ONLY',

  CKR_PIN_INCORRECT: 'PIN_INCORRECT',
  CKR_PIN_INVALID: 'PIN_INVALID',
  CKR_PIN_LEN_RANGE: 'PIN_INVALID',
  CKR_PIN_EXPIRED: 'PIN_EXPIRED',
  CKR_PIN_LOCKED: 'PIN_LOCKED',
  CKR_USER_NOT_LOGGED_IN: 'PIN_NEEDED',

  CKR_KEY_FUNCTION_NOT_PERMITTED: 'KEY_UNUSABLE',
  CKR_KEY_TYPE_INCONSISTENT: 'KEY_UNUSABLE',
  CKR_KEY_SIZE_RANGE: 'KEY_UNUSABLE',

  CKR_CRYPTOKI_NOT_INITIALIZED: 'MODULE_FAILED',
  CKR_LIBRARY_LOAD_FAILED: 'MODULE_FAILED',
};

/** After these a session is of no more use, and a login is gone with it. */
export const SESSION_ENDING: ReadonlySet<string> = new Set([
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_SLOT_ID_INVALID',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_CRYPTOKI_NOT_INITIALIZED',
]);

/** The typed error; `otherwise` is the code of what the table does not name. */
export function fromCkr(
  error: CkrError,
  otherwise: 'MODULE_FAILED' | 'TOKEN_FAILED',
): HoldfastError<TokenErrorCode> {
  return tokenError(CODES[error.ckr] ?? otherwise, error.message);
}
