/**
 * The one byte form of what the audit log holds: JSON without white space, the names of every object in the order
 * of their UTF-16 units, what is undefined left out. What was parsed from it gives the same text again.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isPlainObject(part) ? sorted(part) : part));
}

/**
 * The same value as any database gives it back: without NUL, which PostgreSQL cannot keep, and without halves of
 * surrogate pairs, which have no UTF-8.
 */
export function storable<Value>(value: Value): Value {
  return storableAny(value) as Value;
}

function storableAny(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD');
  if (Array.isArray(value)) return value.map(storableAny);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [storableAny(name), storableAny(part)]),
  );
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(object).sort();
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
