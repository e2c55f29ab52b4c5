import { HoldfastError, type AgeErrorCode } from '@holdfast/age';
import type { CatalogErrorCode } from '@holdfast/catalog/errors';
import type { MediaErrorCode } from '@holdfast/media/durable';
import type { TokenErrorCode } from '@holdfast/token';

const REMEDIES = {
  USAGE: 'See --help for how this is written.',
  INTERNAL: 'This is a defect in Holdfast. Please report it with the command that you ran.',
  CONFIG_INVALID: 'Correct the configuration file at the line named.',

  SOURCE_NOT_FOUND: 'Check the name: it is neither a file here nor a secret in the store.',
  SOURCE_UNREADABLE: 'Run this as a user who may read it.',
  SOURCE_EMPTY: 'Check the source: an empty secret is never what you want to back up.',
  SOURCE_CHANGED: 'It was written to while it was read; try again when nothing writes to it.',
  SOURCE_AMBIGUOUS: 'Write ./NAME for the file or store:NAME for the secret in the store.',
  SOURCE_LINK_OUTSIDE:
    'Back up what the link points to as well, or leave the link out: the secret would not be complete.',
  COMMAND_FAILED: 'Run the command by itself to see why it fails; nothing was kept of its output.',

  BACKUP_NOT_FOUND: 'Check the path, and that the medium is mounted.',
  NOT_A_BACKUP: 'Check the path: this is not a Holdfast backup.',
  FORMAT_UNSUPPORTED:
    'It was made by a newer Holdfast; use that version, or the README.txt inside.',
  BACKUP_UNREADABLE: 'Plug the medium in again, or use another copy.',
  BACKUP_AMBIGUOUS: 'Name the secret: usb/NAME, or usb:LABEL/NAME.',
  BACKUP_DAMAGED: 'Use another copy, and make a new backup while you still have the secret.',
  PARTS_MISMATCH: 'Parts of different backups were put together; do not trust this file.',
  SIGNATURE_INVALID: 'The manifest was altered after it was signed; do not trust this file.',
  SIGNER_NOT_TRUSTED:
    'Compare the signer’s fingerprint with its owner, then add it to the trust file.',

  WRONG_PASSWORD: 'Try again; mind the keyboard layout and Caps Lock.',
  FACTOR_MISSING: 'Give what one of its envelopes asks for; inspect shows them.',
  PASSWORD_NEEDED:
    'Run it on a terminal, or give --password-file, --password-fd or a systemd credential.',
  PASSWORD_WEAK:
    'Choose a longer password, such as five random words, or insist with --allow-weak-password.',
  PASSWORD_EMPTY: 'Give a password; an empty one protects nothing.',
  HINT_REVEALS_PASSWORD: 'Choose a hint that helps only you: anyone can read it.',
  HINT_INVALID: 'Use at most 512 characters, without control characters.',
  ENVELOPE_INVALID:
    'Write an envelope as: password, token(NAME), recipient(age1…), or password + token(NAME).',
  ENVELOPE_NOT_FOUND: 'See the envelopes of this backup with: holdfast envelopes list.',
  SINGLE_POINT_OF_FAILURE:
    'Add an envelope that does without this token, or accept it with --allow-single-point-of-failure.',
  TOKEN_REQUIRED:
    'Let every envelope hold a token whose key cannot leave it; holdfast token enroll records what a token claims.',
  ENVELOPE_LAST: 'Add another envelope first: with none, nobody could open the backup.',

  PAYLOAD_UNSAFE: 'Restore it to standard output and look at it with tar before you extract it.',

  COPIES_INCOMPLETE: 'The copies that are reported stand; make the others with another medium.',

  QUORUM_INVALID:
    'Write a quorum as quorum(K, NAME, NAME, …), with K from 2 to the number of custodians, each named once.',
  POLICY_UNKNOWN: 'See the policies of the configuration with: holdfast policy list.',
  SHARE_INVALID: 'Get the share of this custodian again, from the backup itself; the others stand.',
  SHARE_FOREIGN: 'It belongs to another backup; ask the custodian for the share of this one.',
  SHARE_OUTDATED:
    'It was made for another generation; ask the custodian to take the share out of this very file.',
  SHARE_DUPLICATE: 'Ask another custodian: one share counts once.',
  SHARES_MISSING:
    'Ask more custodians, or let them contribute theirs: holdfast custodian contribute.',
  RECEIPT_INVALID: 'Do not trust it; look for the receipt where the drill was made.',
  LIVE_SECRET_DIFFERS: 'Make a new backup: the secret was changed since this one.',
  CHECK_FAILED: 'Run the check command by itself; the copy opened, and what it held did not pass.',
  CHECK_TIMED_OUT:
    'Give the check command more time with --check-timeout, or find out what it waits for.',
  POLICY_VIOLATED: 'See what is missing with: holdfast policy check.',
  CUSTODIAN_EXISTS:
    'Choose another name, or change what is recorded with: holdfast custodian change.',
  CUSTODIAN_IN_USE:
    'Give the backups that need this custodian other envelopes first, or insist with --anyway.',
  MEDIUM_NAME_TAKEN: 'Choose another name; holdfast media list shows those there are.',
  SHEET_TOO_LARGE: 'Print the sheet without --qr: this backup is too large for paper.',
  CUSTODIAN_UNKNOWN:
    'See who is known with: holdfast custodian list, or add them with: holdfast custodian add.',
  CUSTODIAN_INVALID:
    'Name a custodian with lower-case letters, digits, dot, dash and underscore, and factors as password, token(NAME), recipient(age1…).',
  SERVICE_UNREACHABLE:
    'Check the address after --server, its certificate, and that the service runs.',
  SERVICE_REFUSED: 'The service says why; its log has the request by its id.',
  ACCESS_INVALID:
    'Name somebody with lower-case letters, digits, dot, dash and underscore, and networks as 10.0.0.0/8.',
  ACCESS_EXISTS: 'Choose another name, or revoke the former token: holdfast access revoke.',
  ACCESS_NOT_FOUND: 'See who has access with: holdfast access list.',
  CATALOG_EXISTS:
    'Use it as it is; to make a new one all the same, with this one kept aside, give --anyway. One in PostgreSQL is replaced by naming an empty database in catalog.url.',
  MEDIUM_UNKNOWN: 'See the media that are known with: holdfast media list.',
  COPY_UNKNOWN: 'See the copies that are known with: holdfast status.',
  RECEIPT_NOT_FOUND: 'See the drills that are known with: holdfast drill list.',
  EXPORT_FAILED: 'Check the syslog address, and that logger (util-linux) is installed.',

  SECRET_NOT_FOUND: 'See what the store holds with: holdfast secret list.',
  SECRET_EXISTS: 'Choose another name, or make a new version with: holdfast secret rotate.',
  SECRET_NAME_INVALID:
    'Choose another name, of one line; in the store, of letters, digits, dot, dash and underscore.',
  STATE_INVALID: 'Restore the state folder from a copy, or run: holdfast init.',
  STATE_BUSY: 'Wait until the other holdfast command is done.',
  ACCESS_DENIED: 'Ask its owner to run it, or to add you to the group named.',
} as const;

/** The codes that core itself throws. */
export type CoreErrorCode = keyof typeof REMEDIES;

/** Every code that a use case can end with. Surfaces map them with `Record<ErrorCode, …>`. */
export type ErrorCode =
  CoreErrorCode | AgeErrorCode | CatalogErrorCode | MediaErrorCode | TokenErrorCode;

/** Makes a typed error of this package, with the remedy that belongs to its code. */
export function coreError(
  code: CoreErrorCode,
  message: string,
  options?: ErrorOptions,
): HoldfastError<CoreErrorCode> {
  return new HoldfastError(code, message, REMEDIES[code], options);
}
