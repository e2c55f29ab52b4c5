/** Zeroes bytes, and leaves everything else alone. */
export function wipe(part: unknown): void {
  if (part instanceof Uint8Array) part.fill(0);
}

/** The same for each property. */
export function wipeAll(parts: object | null): void {
  if (parts !== null) for (const part of Object.values(parts)) wipe(part);
}
