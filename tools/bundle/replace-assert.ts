// Stands in for node:assert in yargs, which uses these two; the real one loads half of Node's internals.

export function strictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) throw new TypeError(message ?? 'values differ');
}

export function notStrictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) throw new TypeError(message ?? 'values are the same');
}
