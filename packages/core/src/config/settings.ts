import { parseEnvelope } from '../envelopes/expression.ts';

/** Everything that a configuration file can say, by dotted names; `[]` is one table of an array, `*` any name. */
export interface Settings {
  /** Folder of the signing identity and the secret store. */
  state?: string;
  /** Group whose members may use the store besides its owner. */
  group?: string;
  /** File of the signers that are trusted, in ssh-keygen's allowed_signers format. */
  trust?: string;
  'require-signed'?: boolean;
  /** The secret in the store that the spellings of the ancestor work on. */
  secret?: string;
  'backup.envelopes'?: readonly string[];
  'backup.discreet'?: boolean;
  'backup.work-factor'?: number;
  'backup.require-token'?: boolean;
  /** A PKCS#11 module. */
  'modules[].path'?: string;
  'modules[].init-args'?: string;
  /** Labels, UUIDs or serial numbers of media that nothing is ever written to. */
  'media.protected'?: readonly string[];
  /** The URI of a key on a token, under a name of its own. */
  'tokens.*'?: string;
}

/** How one setting is checked: `read` returns the value, or throws an `Error` that says what is wrong. */
export interface Setting<Value> {
  /** What is allowed, in words that fit after "takes". */
  readonly takes: string;
  read(value: unknown): Value;
}

class NotAllowed extends Error {}

const text: Setting<string> = {
  takes: 'a text that is not empty',
  read(value) {
    if (typeof value !== 'string' || value.trim() === '') throw new NotAllowed('is not a text');
    return value;
  },
};

const path: Setting<string> = {
  takes: 'a path, which may begin with ~/',
  read(value) {
    if (typeof value !== 'string' || value.trim() === '') throw new NotAllowed('is not a path');
    return value;
  },
};

const flag: Setting<boolean> = {
  takes: 'true or false',
  read(value) {
    if (typeof value !== 'boolean') throw new NotAllowed('is neither true nor false');
    return value;
  },
};

const uri: Setting<string> = {
  takes: 'the URI of a key on a token, such as "pkcs11:token=LABEL;object=KEY"',
  read(value) {
    // Whether all of it is well-formed is seen when it is used: the code that reads URIs loads only then.
    if (typeof value !== 'string' || !/^pkcs11:[!-~]*$/i.test(value)) {
      throw new NotAllowed('is not a pkcs11 URI');
    }
    return value;
  },
};

const workFactor: Setting<number> = {
  takes: 'a whole number from 18 to 20',
  read(value) {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 18 || value > 20) {
      throw new NotAllowed('is out of range');
    }
    return value;
  },
};

const envelopes: Setting<readonly string[]> = {
  takes: 'a list of envelopes, such as ["password", "token(backup-hsm)"]',
  read(value) {
    if (!Array.isArray(value) || value.length === 0)
      throw new NotAllowed('is not a list of envelopes');
    return value.map((expression: unknown) => {
      if (typeof expression !== 'string')
        throw new NotAllowed('holds something that is not a text');
      parseEnvelope(expression);
      return expression;
    });
  },
};

const mediaNames: Setting<readonly string[]> = {
  takes: 'a list of labels, UUIDs or serial numbers of media',
  read(value) {
    const isName = (it: unknown): it is string => typeof it === 'string' && it.trim() !== '';
    if (!Array.isArray(value) || !value.every(isName))
      throw new NotAllowed('is not a list of names');
    return value;
  },
};

/** The settings there are, by their dotted names. */
export const SETTINGS: {
  readonly [Name in keyof Settings]-?: Setting<NonNullable<Settings[Name]>>;
} = {
  state: path,
  group: text,
  trust: path,
  'require-signed': flag,
  secret: text,
  'backup.envelopes': envelopes,
  'backup.discreet': flag,
  'backup.work-factor': workFactor,
  'backup.require-token': flag,
  'media.protected': mediaNames,
  'modules[].path': path,
  'modules[].init-args': text,
  'tokens.*': uri,
};
