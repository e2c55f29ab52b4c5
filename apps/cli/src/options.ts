import type { Options, PositionalOptions } from 'yargs';

/** The positional argument of whatever reads a backup. */
export const BACKUP_FILE = {
  type: 'string',
  demandOption: true,
  describe: 'the backup file, or usb[:MEDIUM][/NAME]',
} as const satisfies PositionalOptions;

/** Options that several commands share, word for word. */
export const SEALING = {
  envelope: {
    alias: 'e',
    type: 'string',
    array: true,
    nargs: 1,
    describe:
      'who can open it: password, token(…), recipient(…), several with +, or quorum(…); repeatable',
  },
  recipient: {
    alias: 'r',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'age1…, short for --envelope "recipient(age1…)"',
  },
  'recipients-file': {
    alias: 'R',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'file of recipients, one a line',
  },
  hint: { type: 'string', nargs: 1, describe: 'hint for the password; anyone can read it' },
  'allow-weak-password': { type: 'boolean', default: false, describe: 'take a weak password' },
  'work-factor': {
    type: 'number',
    nargs: 1,
    describe: '18 to 20: cost of a guess at the password',
  },
} as const satisfies Record<string, Options>;

export const MAKING = {
  policy: {
    type: 'string',
    nargs: 1,
    describe: 'policy to keep to; the one of the secret without it',
  },
  discreet: {
    type: 'boolean',
    describe: 'leave name, host and hint out of what anyone can read',
  },
  force: { alias: 'f', type: 'boolean', default: false, describe: 'replace an existing file' },
} as const satisfies Record<string, Options>;

export const PASSWORD = {
  'password-file': { type: 'string', nargs: 1, describe: 'file that holds the password' },
  'password-fd': {
    type: 'number',
    nargs: 1,
    describe: 'file descriptor to read the password from',
  },
} as const satisfies Record<string, Options>;

export const NEW_PASSWORD = {
  'new-password-file': { type: 'string', nargs: 1, describe: 'file that holds the new password' },
} as const satisfies Record<string, Options>;

export const IDENTITY = {
  identity: {
    alias: 'i',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'age identity file, for an envelope of a recipient',
  },
} as const satisfies Record<string, Options>;

export const REQUIRE_SIGNED = {
  'require-signed': {
    type: 'boolean',
    describe: 'refuse a backup that no trusted signer signed',
  },
} as const satisfies Record<string, Options>;

export const ACCEPT_UNKNOWN_SIGNER = {
  'accept-unknown-signer': {
    type: 'boolean',
    default: false,
    describe: 'change it although no trusted signer signed it, and sign it now',
  },
} as const satisfies Record<string, Options>;

/** The positional argument of whatever names a key on a token. */
export const TOKEN_KEY = {
  type: 'string',
  demandOption: true,
  describe: 'alias of a key, or its URI: pkcs11:token=LABEL;object=KEY',
} as const satisfies PositionalOptions;

export const TOKEN_ALIAS = {
  type: 'string',
  demandOption: true,
  describe: 'name for the key, as in token(NAME)',
} as const satisfies PositionalOptions;

const MEDIA_GROUP = 'Media:';

/** The positional argument of whatever names a medium. */
export const MEDIUM = {
  type: 'string',
  describe: 'usb, usb:NAME, usb:LABEL, usb:UUID, usb:SERIAL or usb:/dev/NODE',
} as const satisfies PositionalOptions;

/** The positional argument of whatever names a medium of the register, which need not be plugged in. */
export const REGISTERED_MEDIUM = {
  type: 'string',
  demandOption: true,
  describe: 'usb:MEDIUM of one that is plugged in, or its name, label, UUID or id in the register',
} as const satisfies PositionalOptions;

/** For whatever waits for a medium. */
export const WAIT = {
  wait: {
    type: 'number',
    nargs: 1,
    describe: 'seconds to wait for a medium; 0 not to wait',
    group: MEDIA_GROUP,
  },
} as const satisfies Record<string, Options>;

/** For whatever writes to media. */
export const TO_MEDIA = {
  copies: {
    type: 'number',
    nargs: 1,
    describe: 'how many media to write it to; 1 without it',
    group: MEDIA_GROUP,
  },
  keep: {
    type: 'number',
    nargs: 1,
    describe: 'how many generations of it to leave on a medium; all without it',
    group: MEDIA_GROUP,
  },
  'no-eject': {
    type: 'boolean',
    default: false,
    describe: 'leave the medium plugged in and as it was found',
    group: MEDIA_GROUP,
  },
  ...WAIT,
} as const satisfies Record<string, Options>;

export const NEW_SECRET = {
  to: {
    alias: 'o',
    type: 'string',
    nargs: 1,
    describe: 'the backup to make of it: a file, a folder, or usb[:MEDIUM]',
  },
  ...TO_MEDIA,
  'no-backup': { type: 'boolean', default: false, describe: 'go without a backup' },
  bytes: { type: 'number', nargs: 1, default: 32, describe: 'how many random bytes' },
} as const satisfies Record<string, Options>;

const GROUP = 'Tokens:';

/** Where tokens are found, and where their PIN comes from. */
export const TOKENS = {
  module: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'PKCS#11 module of the token; repeatable',
    group: GROUP,
  },
  'pin-file': { type: 'string', nargs: 1, describe: 'file that holds the PIN', group: GROUP },
  'pin-fd': {
    type: 'number',
    nargs: 1,
    describe: 'file descriptor to read the PIN from',
    group: GROUP,
  },
} as const satisfies Record<string, Options>;

/** For whatever opens a backup: which token, and how long to wait for one. */
export const TOKEN_TO_OPEN = {
  token: {
    type: 'string',
    nargs: 1,
    describe: 'alias or URI of the key to open it with, when it is not to be any',
    group: GROUP,
  },
  wait: {
    type: 'number',
    nargs: 1,
    describe: 'seconds to wait for a token or a medium; 0 not to wait',
    group: GROUP,
  },
} as const satisfies Record<string, Options>;

/** What a set of envelopes has to be, for whatever makes one. */
export const TOKEN_RULES = {
  'require-token': {
    type: 'boolean',
    describe: 'refuse an envelope without a token whose key cannot leave it',
    group: GROUP,
  },
  'allow-single-point-of-failure': {
    type: 'boolean',
    default: false,
    describe: 'let everything depend on one token; the backup says so',
    group: GROUP,
  },
} as const satisfies Record<string, Options>;

/** What `ssoconfig` asked for, and ways to answer without a person. */
export const ANCESTOR = {
  hint: SEALING.hint,
  'allow-weak-password': SEALING['allow-weak-password'],
  force: MAKING.force,
  ...PASSWORD,
  ...TOKENS,
  ...TOKEN_RULES,
} as const satisfies Record<string, Options>;

/** The positional argument of whatever names a custodian. */
export const CUSTODIAN_NAME = {
  type: 'string',
  demandOption: true,
  describe: 'name of the custodian, as in quorum(2, NAME, …)',
} as const satisfies PositionalOptions;

/** What is known of a custodian beside what opens a share. */
export const CUSTODIAN = {
  contact: { type: 'string', nargs: 1, describe: 'how to reach them; empty to say nothing' },
  'check-every': {
    type: 'string',
    nargs: 1,
    describe: 'when to check again that they can open it: 180d, 6m …; never: as the policy has it',
  },
} as const satisfies Record<string, Options>;
