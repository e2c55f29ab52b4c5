import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { EXIT_CODE } from './exit-code.ts';

/** Scripts depend on these: a code may be added to a class, and never moves to another. */
const CLASSES: Readonly<Record<number, string>> = {
  1: 'INTERNAL',
  2: 'CONFIG_INVALID ENVELOPE_INVALID IDENTITY_INVALID RECIPIENTS_INCOMPATIBLE RECIPIENT_INVALID SECRET_NAME_INVALID TOKEN_URI_INVALID USAGE',
  3: 'BACKUP_NOT_FOUND COMMAND_FAILED INPUT_CHANGED SOURCE_AMBIGUOUS SOURCE_CHANGED SOURCE_EMPTY SOURCE_LINK_OUTSIDE SOURCE_NOT_FOUND SOURCE_UNREADABLE',
  4: 'FACTOR_MISSING NO_IDENTITY_MATCHED PASSWORD_NEEDED WRONG_PASSWORD',
  5: 'AGE_HEADER_INVALID AGE_HEADER_MAC_MISMATCH AGE_PAYLOAD_DAMAGED ARMOR_INVALID BACKUP_DAMAGED FORMAT_UNSUPPORTED NOT_AGE NOT_A_BACKUP PARTS_MISMATCH PAYLOAD_UNSAFE WORK_FACTOR_TOO_HIGH',
  6: 'SIGNATURE_INVALID SIGNER_NOT_TRUSTED',
  7: 'DESTINATION_INVALID DESTINATION_LOST DESTINATION_UNWRITABLE NO_SPACE READ_BACK_MISMATCH READ_ONLY',
  8: 'DESTINATION_EXISTS ENVELOPE_LAST HINT_INVALID HINT_REVEALS_PASSWORD KEY_EXISTS KEY_EXTRACTABLE PASSWORD_EMPTY PASSWORD_WEAK SECRET_EXISTS SINGLE_POINT_OF_FAILURE TOKEN_ALIAS_EXISTS TOKEN_REQUIRED',
  9: 'ACCESS_DENIED',
  10: 'ENVELOPE_NOT_FOUND SECRET_NOT_FOUND STATE_BUSY STATE_INVALID TOKEN_ALIAS_NOT_FOUND TOKEN_RECORD_INVALID',
  11: 'KEY_AMBIGUOUS KEY_MISMATCH KEY_NOT_FOUND KEY_UNUSABLE MODULE_CRASHED MODULE_FAILED MODULE_INVALID MODULE_MISSING MODULE_TIMEOUT TOKEN_AMBIGUOUS TOKEN_BUSY TOKEN_FAILED TOKEN_NOT_FOUND TOKEN_READ_ONLY TOKEN_REMOVED TOKEN_SUPPORT_MISSING',
  12: 'PIN_EXPIRED PIN_INCORRECT PIN_INVALID PIN_LAST_TRY PIN_LOCKED PIN_NEEDED PIN_REFUSED',
  130: 'CANCELLED',
};

test('every error code keeps its exit code', () => {
  const found: Record<number, string[]> = {};
  for (const [code, exit] of Object.entries(EXIT_CODE)) (found[exit] ??= []).push(code);
  const sorted = Object.entries(found).map(([exit, codes]) => [exit, codes.toSorted().join(' ')]);
  expect(Object.fromEntries(sorted)).toEqual(CLASSES);
});

test('the documentation lists every code under its exit code', async () => {
  const docs = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  for (const [code, exit] of Object.entries(EXIT_CODE)) {
    const row = docs
      .split('\n')
      .find((line) => line.startsWith('|') && line.includes(`\`${code}\``));
    expect(row, code).toMatch(new RegExp(`^\\| ${String(exit)}\\b`));
  }
});
