import fc from 'fast-check';

type Json = Readonly<Record<string, unknown>>;

/** Values that a JSON schema allows, as far as it is one of ours; and now and then one that it does not. */
export function valuesOf(schema: Json, wild = 0.1): fc.Arbitrary<unknown> {
  const fitting = fittingTo(schema, wild);
  return wild === 0
    ? fitting
    : fc.oneof({ weight: 1, arbitrary: WILD }, { weight: 9, arbitrary: fitting });
}

const WILD = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    '',
    '../../etc/passwd',
    '\u0000',
    "' or 1=1 --",
    '\u202e',
    '%s%s',
    '{{7*7}}',
    -1,
    1e308,
    null,
    true,
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

function fittingTo(schema: Json, wild: number): fc.Arbitrary<unknown> {
  const { type, anyOf, oneOf } = schema as { type?: unknown; anyOf?: Json[]; oneOf?: Json[] };
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((each) => valuesOf(each, wild)));
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  switch (type) {
    case 'string':
      return texts(schema);
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(-1e9, Number(schema['minimum'] ?? -5)),
        max: Math.min(1e9, Number(schema['maximum'] ?? 1000)),
      });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf((schema['items'] ?? {}) as Json, wild), { maxLength: 3 });
    case 'object':
      return objects(schema, wild);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

const KNOWN: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((date) => date.toISOString()),
};

/** Words that mean something somewhere. */
const WORDS = fc.constantFrom(
  ...['app', 'usb', 'usb:BLACK', 'folder:nas', 'password', 'quorum(2, a, b)', 'token(x)', 'alice'],
  ...['0 0 * * *', 'UTC', 'pkcs11:token=x;object=y', 'hf_x', 'a'.repeat(64), 'store', 'restore'],
);

function texts({
  format,
  maxLength,
}: {
  format?: string;
  maxLength?: number;
}): fc.Arbitrary<string> {
  const known = format === undefined ? undefined : KNOWN[format];
  if (known !== undefined) return known;
  return fc.oneof(WORDS, fc.string({ unit: 'binary', maxLength: Math.min(maxLength ?? 40, 40) }));
}

function objects(schema: Json, wild: number): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Json>>;
  const required = (schema['required'] ?? []) as string[];
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, valuesOf(each, wild)]),
  );
  const fields = fc.record(model, { requiredKeys: required.filter((name) => name in model) });
  if (wild === 0) return fields;
  const more = fc.dictionary(fc.constantFrom('extra', '__proto__', 'constructor'), fc.jsonValue());
  return fc.oneof(
    { weight: 12, arbitrary: fields },
    { weight: 1, arbitrary: fc.tuple(fields, more).map(([own, added]) => ({ ...own, ...added })) },
  );
}
