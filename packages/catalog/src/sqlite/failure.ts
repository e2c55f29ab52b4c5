import { HoldfastError } from '@holdfast/age';
import { catalogError, type CatalogErrorCode } from '../errors.ts';

/** Of https://sqlite.org/rescode.html, without what they are extended by. */
const CODES: Readonly<Record<number, { code: CatalogErrorCode; words: string }>> = {
  5: { code: 'CATALOG_BUSY', words: 'is written to by another program' },
  6: { code: 'CATALOG_BUSY', words: 'is written to by another program' },
  3: { code: 'CATALOG_UNWRITABLE', words: 'may not be opened' },
  8: { code: 'CATALOG_UNWRITABLE', words: 'can only be read' },
  10: { code: 'CATALOG_UNWRITABLE', words: 'cannot be read or written: the disk fails' },
  13: { code: 'CATALOG_UNWRITABLE', words: 'cannot grow: the disk is full' },
  14: { code: 'CATALOG_UNWRITABLE', words: 'cannot be opened' },
  11: { code: 'CATALOG_DAMAGED', words: 'is damaged' },
  26: { code: 'CATALOG_DAMAGED', words: 'is no catalog' },
};
const ERROR = 1;

export function isBusy(cause: unknown): boolean {
  return describe(cause)?.code === 'CATALOG_BUSY';
}

/** What SQLite said, as a typed error about the catalog at `path`; anything else as it is. */
export function sqliteFailure(cause: unknown, path: string): unknown {
  if (cause instanceof HoldfastError) return cause;
  const known = describe(cause);
  if (known === null) return cause;
  return catalogError(known.code, `${path} ${known.words}`, { cause });
}

/** Whether the file could not be opened as it was asked for, and may be in another way. */
export function isNotOpened(cause: unknown): boolean {
  return resultCode(cause) === 14 || resultCode(cause) === 8;
}

function describe(cause: unknown): { code: CatalogErrorCode; words: string } | null {
  // Of Node, for a number that was never written by us.
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_OUT_OF_RANGE') {
    return { code: 'CATALOG_DAMAGED', words: 'is damaged: it holds a number beyond all bounds' };
  }
  const code = resultCode(cause);
  if (code === null) return null;
  if (code === ERROR && cause instanceof Error && /^no such (table|column)/.test(cause.message)) {
    return { code: 'CATALOG_DAMAGED', words: `is damaged: ${cause.message}` };
  }
  return CODES[code] ?? null;
}

function resultCode(cause: unknown): number | null {
  if (!(cause instanceof Error) || !('errcode' in cause)) return null;
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : null;
}
