import type { Options } from 'yargs';

const CUSTODIANS_GROUP = 'Custodians:';

/** For whatever makes or opens shares without a terminal. */
export const CUSTODIAN_PASSWORDS = {
  'custodian-password-file': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'NAME=FILE, a file that holds the password of that custodian; repeatable',
    group: CUSTODIANS_GROUP,
  },
} as const satisfies Record<string, Options>;

/** For whatever opens a backup: what custodians have. */
export const SHARES = {
  share: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'share that a custodian sent with custodian contribute; repeatable',
    group: CUSTODIANS_GROUP,
  },
  ...CUSTODIAN_PASSWORDS,
} as const satisfies Record<string, Options>;

/** Whose share, and of which envelope. */
export const SHARE_OF = {
  as: { type: 'string', nargs: 1, demandOption: true, describe: 'name of the custodian' },
  envelope: {
    type: 'number',
    nargs: 1,
    describe: 'number of the envelope, when the custodian has a share of several',
  },
} as const satisfies Record<string, Options>;
