import { HoldfastError } from '@holdfast/age';
import { catalogError, type CatalogErrorCode } from '../errors.ts';

/** SQLSTATE, or its class of two characters, as https://www.postgresql.org/docs/current/errcodes-appendix.html has them. */
const STATES: Readonly<Record<string, { code: CatalogErrorCode; words: string }>> = {
  '55P03': { code: 'CATALOG_BUSY', words: 'is written to by another program' },
  '40001': { code: 'CATALOG_BUSY', words: 'is written to by another program' },
  '40P01': { code: 'CATALOG_BUSY', words: 'is written to by another program' },
  '25006': { code: 'CATALOG_UNWRITABLE', words: 'can only be read' },
  '42501': { code: 'CATALOG_UNWRITABLE', words: 'may not be written to' },
  '53100': { code: 'CATALOG_UNWRITABLE', words: 'cannot grow: the disk is full' },
  '53200': { code: 'CATALOG_UNWRITABLE', words: 'has no memory left' },
  '58': { code: 'CATALOG_UNWRITABLE', words: 'cannot be read or written' },
  XX: { code: 'CATALOG_DAMAGED', words: 'is damaged' },
  '42P01': { code: 'CATALOG_DAMAGED', words: 'is damaged' },
  '42703': { code: 'CATALOG_DAMAGED', words: 'is damaged' },
  '42P07': { code: 'CATALOG_DAMAGED', words: 'holds other tables with the names of ours' },
  '08': { code: 'CATALOG_UNREACHABLE', words: 'cannot be reached' },
  '28': { code: 'CATALOG_UNREACHABLE', words: 'lets nobody in' },
  '3D': { code: 'CATALOG_UNREACHABLE', words: 'is not there' },
  '53': { code: 'CATALOG_UNREACHABLE', words: 'takes no more connections' },
  '57': { code: 'CATALOG_UNREACHABLE', words: 'is being shut down' },
};
const SYSTEM_CODE = /^E[A-Z]+$/;

/** What PostgreSQL or the way to it said, as a typed error about the catalog called `name`; anything else as it is. */
export function postgresFailure(cause: unknown, name: string): unknown {
  if (!(cause instanceof Error) || cause instanceof HoldfastError) return cause;
  const state = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const known = STATES[state] ?? STATES[state.slice(0, 2)];
  if (known !== undefined && !SYSTEM_CODE.test(state)) {
    return catalogError(known.code, `${name} ${known.words}: ${cause.message}`, { cause });
  }
  if (SYSTEM_CODE.test(state) || isConnectionLost(cause)) {
    const why = state === '' ? cause.message : state;
    return catalogError('CATALOG_UNREACHABLE', `${name} cannot be reached: ${why}`, { cause });
  }
  return cause;
}

/** What pg itself throws, it throws without a code. */
function isConnectionLost({ message }: Error): boolean {
  return /connection|timeout|terminated|password|SASL|SSL|not queryable/i.test(message);
}
