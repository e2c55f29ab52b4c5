/** For what and when the key of a trust file counts. */
export interface SignerOptions {
  /** Patterns, of which the namespace of a signature must match one; `null` for any. */
  readonly namespaces: readonly string[] | null;
  readonly validAfter: Date | null;
  readonly validBefore: Date | null;
}

const OPTION = /^([A-Za-z-]+)(?:="((?:\\"|[^"])*)")?(?:,|$)/;

/** Reads the options of one line. Throws what `refuse` makes for whatever it does not understand. */
export function parseSignerOptions(text: string, refuse: (why: string) => Error): SignerOptions {
  const found = new Map<string, string>();
  for (let rest = text; rest !== '';) {
    const match = OPTION.exec(rest);
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined) throw refuse('its options or its key are malformed');
    if (found.has(name)) throw refuse(`the option ${name} is given twice`);
    if (!['namespaces', 'valid-after', 'valid-before'].includes(name)) {
      throw refuse(`the option ${name} is not supported`);
    }
    if (match[2] === undefined || match[2] === '')
      throw refuse(`the option ${name} takes a value in quotes`);
    found.set(name, match[2].replaceAll('\\"', '"'));
    rest = rest.slice(match[0].length);
  }
  const time = (name: string): Date | null => {
    const value = found.get(name);
    if (value === undefined) return null;
    const date = parseTime(value);
    if (date === null)
      throw refuse(`the option ${name} is not a time such as 20300131 or 20300131120000Z`);
    return date;
  };
  const options = {
    namespaces: found.get('namespaces')?.split(',') ?? null,
    validAfter: time('valid-after'),
    validBefore: time('valid-before'),
  };
  if (options.validAfter && options.validBefore && options.validBefore <= options.validAfter) {
    throw refuse('it would be valid at no time');
  }
  return options;
}

/** Whether a signature in `namespace`, made at that moment (`null`: nobody knows), counts. */
export function optionsAllow(options: SignerOptions, namespace: string, at: Date | null): boolean {
  const { namespaces, validAfter, validBefore } = options;
  if (namespaces !== null && !matchesList(namespace, namespaces)) return false;
  if (validAfter === null && validBefore === null) return true;
  if (at === null) return false;
  return (validAfter === null || at >= validAfter) && (validBefore === null || at <= validBefore);
}

// PATTERNS in ssh_config(5): * and ? are wildcards; a pattern with ! in front that matches forbids.
function matchesList(text: string, patterns: readonly string[]): boolean {
  const matches = (pattern: string): boolean => {
    const source = pattern
      .replaceAll(/[\\^$.+()[\]{}|]/g, '\\$&')
      .replaceAll(/\*+/g, '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`, 'su').test(text);
  };
  const forbidding = patterns.filter((pattern) => pattern.startsWith('!'));
  if (forbidding.some((pattern) => matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern));
}

// In the time zone of this machine unless Z (or UTC) stands behind it, as ssh-keygen reads it.
function parseTime(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?$/.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits: string | undefined) => Number(digits ?? 0));
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const written = `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 10) !== written) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  return match[7] === undefined ? new Date(year, month - 1, day, hour, minute, second) : utc;
}
