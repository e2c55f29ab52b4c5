import { isIP } from 'node:net';
import type { AccessRow, Catalog, CatalogEvent } from '@holdfast/catalog';
import type { ServerRole } from '../config/server-words.ts';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';
import { accessTokenHash, newAccessToken } from './access-token.ts';

export interface AccessRequest {
  readonly name: string;
  readonly role: ServerRole;
  /** Milliseconds from now on; without it, it does not expire. */
  readonly expiresIn?: number | undefined;
  /** Addresses and networks, as `10.0.0.0/8`; without any, from everywhere. */
  readonly sources?: readonly string[] | undefined;
}

/** Who may speak to a service; never what proves it. */
export type Access = Omit<AccessRow, 'hash'>;

type AccessRun = Pick<Run, 'catalog' | 'recorder'>;

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/**
 * Lets somebody speak to the service. The token is in the result, and nowhere else: it is shown once. Recorded.
 *
 * @throws ACCESS_INVALID, ACCESS_EXISTS, what opening the catalog throws
 */
export async function createAccess(
  { name, role, expiresIn, sources = [] }: AccessRequest,
  run: AccessRun,
  now = Date.now(),
): Promise<{ readonly access: Access; readonly token: string }> {
  if (!NAME.test(name)) throw coreError('ACCESS_INVALID', 'this is no name for somebody');
  const wrong = sources.find((source) => !isSource(source));
  if (wrong !== undefined) throw coreError('ACCESS_INVALID', `${wrong} is no address or network`);
  const catalog = await openCatalog(run);
  const before = (await catalog.access()).find((row) => row.name === name);
  if (before?.removedAt === null) {
    throw coreError('ACCESS_EXISTS', `${name} has access already`);
  }
  const token = newAccessToken();
  const expires = expiresIn === undefined ? null : new Date(now + expiresIn).toISOString();
  const detail = { name, role, expires, sources, hash: accessTokenHash(token) ?? '' };
  await record(run, { action: 'access.create', outcome: 'ok', detail });
  const made = (await catalog.access()).find((row) => row.name === name);
  if (made?.hash !== detail.hash) {
    throw coreError('ACCESS_EXISTS', `${name} was given access by somebody else meanwhile`);
  }
  return { access: shown(made), token };
}

/** @throws ACCESS_NOT_FOUND, what opening the catalog throws */
export async function revokeAccess(name: string, run: AccessRun): Promise<Access> {
  const catalog = await openCatalog(run);
  const found = (await catalog.access()).find((row) => row.name === name);
  if (found?.removedAt !== null) {
    throw coreError('ACCESS_NOT_FOUND', `nobody called ${name} has access`);
  }
  await record(run, { action: 'access.revoke', outcome: 'ok', detail: { name } });
  return { ...shown(found), removedAt: new Date().toISOString() };
}

/** Those who may, and those who no longer may. Makes no catalog. */
export async function listAccess({ catalog }: AccessRun): Promise<readonly Access[]> {
  const rows = (await (await catalog?.openIfThere())?.access()) ?? [];
  return rows.map(shown);
}

function shown({ hash: _, ...access }: AccessRow): Access {
  return access;
}

/** Without a catalog nobody would ever be let in. */
async function openCatalog({ catalog }: AccessRun): Promise<Catalog> {
  if (catalog === undefined) throw coreError('INTERNAL', 'this run was given no catalog');
  return await catalog.open();
}

async function record({ recorder }: AccessRun, event: CatalogEvent): Promise<void> {
  if (recorder === undefined) throw coreError('INTERNAL', 'this run was given no recorder');
  await recorder.record([event]);
}

function isSource(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
