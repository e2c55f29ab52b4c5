import type { FileTarget } from '../ports.ts';

/** A file; a former one is kept beside it under a numbered name, and a link is written through. */
export function toFile(path: string): FileTarget {
  return { kind: 'file', path };
}
