/** Gives back a value that has a shape, made of what was checked; else throws a TypeError that says where not. */
export type Check<Value> = (value: unknown, where: string) => Value;

export const text: Check<string> = (value, where) => {
  if (typeof value !== 'string') throw new TypeError(`${where} is not a text`);
  return value;
};

export const boolean: Check<boolean> = (value, where) => {
  if (typeof value !== 'boolean') throw new TypeError(`${where} is neither true nor false`);
  return value;
};

export function matching(pattern: RegExp, what: string): Check<string> {
  return (value, where) => {
    if (typeof value !== 'string' || !pattern.test(value)) {
      throw new TypeError(`${where} is not ${what}`);
    }
    return value;
  };
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Check<Value> {
  return (value, where) => {
    const found = values.find((one) => one === value);
    if (found === undefined) throw new TypeError(`${where} is not one of ${values.join(', ')}`);
    return found;
  };
}

export function nullable<Value>(check: Check<Value>): Check<Value | null> {
  return (value, where) => (value === null ? null : check(value, where));
}

export function array<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new TypeError(`${where} is not a list`);
    return value.map((item, index) => check(item, `${where}[${index}]`));
  };
}

/** An object with these fields and no others. */
export function object<Value extends object>(fields: {
  readonly [Name in keyof Value]-?: Check<Value[Name]>;
}): Check<Value> {
  const names = Object.keys(fields) as (keyof Value & string)[];
  return (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`${where} is not an object`);
    }
    const found = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(found).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) throw new TypeError(`${where} has a field "${unknown}"`);
    const entries = names.map((name) => {
      if (!Object.hasOwn(found, name)) throw new TypeError(`${where} has no field "${name}"`);
      return [name, fields[name](found[name], `"${name}"`)];
    });
    return Object.fromEntries(entries) as Value;
  };
}
