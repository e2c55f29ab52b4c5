import { parseEnvelope } from '../envelopes/expression.ts';
import { parseDuration } from '../policy/duration.ts';

/** How one setting is checked: `read` returns the value, or throws an `Error` that says what is wrong. */
export interface Setting<Value> {
  /** What is allowed, in words that fit after "takes". */
  readonly takes: string;
  read(value: unknown): Value;
}

class NotAllowed extends Error {}

export const text: Setting<string> = {
  takes: 'a text that is not empty',
  read(value) {
    if (typeof value !== 'string' || value.trim() === '') throw new NotAllowed('is not a text');
    return value;
  },
};

export const path: Setting<string> = {
  takes: 'a path, which may begin with ~/',
  read(value) {
    if (typeof value !== 'string' || value.trim() === '') throw new NotAllowed('is not a path');
    return value;
  },
};

/** One path or several; always a list. */
export const paths: Setting<readonly string[]> = {
  takes: 'a path, a list of paths, or store:NAME',
  read(value) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isPath = (it: unknown): it is string => typeof it === 'string' && it.trim() !== '';
    if (list.length === 0 || !list.every(isPath)) throw new NotAllowed('is not a path');
    if (list.length > 1 && list.some((it) => it.startsWith('store:'))) {
      throw new NotAllowed('holds a secret of the store, which stands alone');
    }
    return list;
  },
};

export const flag: Setting<boolean> = {
  takes: 'true or false',
  read(value) {
    if (typeof value !== 'boolean') throw new NotAllowed('is neither true nor false');
    return value;
  },
};

export const keyUri: Setting<string> = {
  takes: 'the URI of a key on a token, such as "pkcs11:token=LABEL;object=KEY"',
  read(value) {
    // Whether all of it is well-formed is seen when it is used: the code that reads URIs loads only then.
    if (typeof value !== 'string' || !/^pkcs11:[!-~]*$/i.test(value)) {
      throw new NotAllowed('is not a pkcs11 URI');
    }
    return value;
  },
};

export const databaseUrl: Setting<string> = {
  takes: 'the URL of a PostgreSQL database without a password, which belongs into ~/.pgpass',
  read(value) {
    const url = typeof value === 'string' ? URL.parse(value) : null;
    if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) {
      throw new NotAllowed('is not such a URL');
    }
    const inQuery = [...url.searchParams.keys()].some((name) => /passw|pwd/i.test(name));
    if (url.password !== '' || inQuery) throw new NotAllowed('holds a password');
    return String(value);
  },
};

export function wholeNumber(least: number, most: number): Setting<number> {
  return {
    takes: `a whole number from ${String(least)} to ${String(most)}`,
    read(value) {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
        throw new NotAllowed('is out of range');
      }
      return value;
    },
  };
}

/** In milliseconds. */
export const duration: Setting<number> = {
  takes:
    'a number of hours, days, weeks, months or years, such as "12h", "30d", "2w", "6m" or "1y"',
  read(value) {
    const milliseconds = typeof value === 'string' ? parseDuration(value) : null;
    if (milliseconds === null) throw new NotAllowed('is not one');
    return milliseconds;
  },
};

export const envelopes: Setting<readonly string[]> = {
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

export const mediaNames: Setting<readonly string[]> = {
  takes: 'a list of labels, UUIDs or serial numbers of media',
  read(value) {
    const isName = (it: unknown): it is string => typeof it === 'string' && it.trim() !== '';
    if (!Array.isArray(value) || !value.every(isName))
      throw new NotAllowed('is not a list of names');
    return value;
  },
};

/** In milliseconds; of things that are waited for. */
export const span: Setting<number> = {
  takes: 'a number of seconds, minutes, hours or days, such as "90s", "15min", "2h" or "1d"',
  read(value) {
    const units: Readonly<Record<string, number>> = {
      s: 1000,
      min: 60_000,
      h: 3_600_000,
      d: 86_400_000,
    };
    const [, count = '', unit = ''] =
      typeof value === 'string' ? (/^([1-9][0-9]{0,3})(s|min|h|d)$/.exec(value) ?? []) : [];
    const worth = units[unit];
    if (worth === undefined) throw new NotAllowed('is not one');
    return Number(count) * worth;
  },
};

/** A span of at least so many milliseconds. */
export function spanFrom(least: number): Setting<number> {
  return {
    takes: `${span.takes}, and at least ${String(least / 1000)}s`,
    read(value) {
      const found = span.read(value);
      if (found < least) throw new NotAllowed('is less');
      return found;
    },
  };
}

export const listenAddress: Setting<string> = {
  takes: 'an address and a port, such as "127.0.0.1:8443" or "[::]:8443"',
  read(value) {
    const fits = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})$/;
    const [, port] = typeof value === 'string' ? (fits.exec(value) ?? []) : [];
    if (port === undefined || Number(port) > 65_535) throw new NotAllowed('is not one');
    return String(value);
  },
};

/** Plain http only to this machine itself, where nobody listens in. */
export const httpsUrl: Setting<string> = {
  takes: 'an https: URL without a name or password in it',
  read(value) {
    const url = typeof value === 'string' ? URL.parse(value) : null;
    const isLocal =
      url?.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
    if (url === null || (url.protocol !== 'https:' && !isLocal)) throw new NotAllowed('is not one');
    if (url.username !== '' || url.password !== '') throw new NotAllowed('holds a login');
    return String(value);
  },
};

export const fingerprint: Setting<string> = {
  takes: 'the SHA-256 of a certificate in hexadecimal, with or without colons',
  read(value) {
    const hex = typeof value === 'string' ? value.replaceAll(':', '').toLowerCase() : '';
    if (!/^[0-9a-f]{64}$/.test(hex)) throw new NotAllowed('is not one');
    return hex;
  },
};

export const texts: Setting<readonly string[]> = {
  takes: 'a list of texts',
  read(value) {
    const isText = (it: unknown): it is string => typeof it === 'string' && it.trim() !== '';
    if (!Array.isArray(value) || !value.every(isText))
      throw new NotAllowed('is not a list of texts');
    return value;
  },
};

export function oneOf<Word extends string>(words: readonly Word[]): Setting<Word> {
  return {
    takes: words.map((word) => `"${word}"`).join(', '),
    read(value) {
      const found = words.find((word) => word === value);
      if (found === undefined) throw new NotAllowed('is not one of these');
      return found;
    },
  };
}

/** A list of some of these words. */
export function someOf<Word extends string>(words: readonly Word[]): Setting<readonly Word[]> {
  return {
    takes: `a list of ${words.map((word) => `"${word}"`).join(', ')}`,
    read(value) {
      const isWord = (it: unknown): it is Word => words.some((word) => word === it);
      if (!Array.isArray(value) || !value.every(isWord)) {
        throw new NotAllowed('is not a list of these');
      }
      return value;
    },
  };
}
