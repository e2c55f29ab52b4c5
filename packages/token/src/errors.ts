import { HoldfastError } from '@holdfast/age';

const REMEDIES = {
  TOKEN_SUPPORT_MISSING:
    'Tokens need the package pkcs11js, which a C++ compiler builds: npm install pkcs11js.',
  MODULE_MISSING:
    'Name the PKCS#11 module of your token with --module, or in [[modules]] of the configuration.',
  MODULE_INVALID: 'Use the PKCS#11 module that your token’s maker has for this very system.',
  MODULE_FAILED: 'See whether its service runs (pcscd, for smartcards), and try again.',
  MODULE_CRASHED: 'The module has a defect; update it, or try another one for this token.',
  MODULE_TIMEOUT: 'Take the token out, insert it again, and repeat the command.',

  TOKEN_URI_INVALID: 'Write it as RFC 7512 has it: pkcs11:token=LABEL;object=KEY.',
  TOKEN_NOT_FOUND: 'Insert the token; holdfast token list shows what is there.',
  TOKEN_AMBIGUOUS: 'Name one of them by its serial number: pkcs11:serial=…',
  TOKEN_REMOVED: 'Insert the token again, leave it in, and repeat the command.',
  TOKEN_BUSY: 'Close what else uses the token, and repeat the command.',
  TOKEN_FAILED: 'Take the token out, insert it again, and repeat the command.',
  TOKEN_READ_ONLY: 'Use a token that keys can be made on.',

  KEY_NOT_FOUND: 'See the keys of the token with: holdfast token show.',
  KEY_AMBIGUOUS: 'Name one of them by its id: pkcs11:…;id=%01',
  KEY_UNUSABLE: 'Use a key that can serve; holdfast token show says which.',
  KEY_EXTRACTABLE: 'Use a key that was made on the token and cannot leave it.',
  KEY_MISMATCH: 'This is not the key that the backup was sealed to; insert the other token.',
  KEY_EXISTS: 'Choose another label or id for the new key.',

  PIN_NEEDED: 'Run it on a terminal, or give --pin-file, --pin-fd or a systemd credential.',
  PIN_INCORRECT: 'Make sure which token is inserted before you try again: wrong PINs lock it.',
  PIN_REFUSED: 'A wrong PIN was given before. Type the PIN yourself, on a terminal.',
  PIN_LAST_TRY: 'Nothing was tried. Be sure of the PIN, then confirm on a terminal.',
  PIN_LOCKED: 'Its security officer can reset it with the token’s own software and the SO PIN.',
  PIN_EXPIRED: 'Set a new PIN with the token’s own software.',
  PIN_INVALID: 'Nothing was tried. Check the PIN: it is not one that this token could have.',

  TOKEN_ALIAS_NOT_FOUND: 'Enroll it with: holdfast token enroll, or add it to the configuration.',
  TOKEN_ALIAS_EXISTS: 'Choose another alias, or remove that one with: holdfast token forget.',
  STATE_INVALID: 'See that the state folder can be written to, and that its disk is not full.',
  TOKEN_RECORD_INVALID:
    'Remove the record with: holdfast token forget, and enroll the token again.',
} as const;

/** The codes that this package throws, besides those of packages/age. */
export type TokenErrorCode = keyof typeof REMEDIES;

/** Makes a typed error of this package, with the remedy that belongs to its code. */
export function tokenError(
  code: TokenErrorCode,
  message: string,
  options?: ErrorOptions,
): HoldfastError<TokenErrorCode> {
  return new HoldfastError(code, message, REMEDIES[code], options);
}
