import { HoldfastError } from '@holdfast/age';
import type { DrillRow } from '@holdfast/catalog';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';
import { isContent } from './claims.ts';
import { parseReceipt } from './parse-receipt.ts';
import type { Receipt } from './receipt.ts';
import { keptReceipts, readKeptReceipt, type SignedReceipt } from './receipt-folder.ts';
import { checkReceipt, type VerifiedReceipt } from './verify-receipt.ts';

/** A drill that was made. */
export interface ListedDrill {
  readonly id: string;
  readonly time: string;
  /** `ok`, or the code that it ended with. */
  readonly outcome: string;
  readonly secret: string | null;
  readonly who: string;
  readonly fromMedium: boolean;
  readonly sameAsLive: boolean | null;
  readonly checkPassed: boolean | null;
  readonly custodians: readonly string[];
  /** Whether the state folder has its receipt, the catalog knows it, or both. */
  readonly knownBy: 'folder' | 'catalog' | 'both';
}

export interface DrillFilter {
  readonly secret?: string | undefined;
  readonly limit: number;
}

type DrillRun = Pick<Run, 'instance' | 'catalog'>;

/**
 * The drills that the state folder and the catalog know, the newest first. What is said of them is what they say;
 * `showDrill` checks the receipt.
 *
 * @throws what opening the catalog throws
 */
export async function listDrills(
  { secret, limit }: DrillFilter,
  run: DrillRun,
): Promise<readonly ListedDrill[]> {
  const filter = { limit, ...(secret !== undefined && { secret }) };
  const rows = (await (await run.catalog?.openIfThere())?.drills(filter))?.rows ?? [];
  const found = new Map(rows.map((row) => [row.id, listed(row)]));
  let taken = 0;
  for (const id of await keptReceipts(run.instance)) {
    if (taken === limit) break;
    const receipt = await readable(id, run);
    if (receipt === null) continue;
    const known = found.get(id);
    const own = known ?? fromReceipt(receipt);
    if (secret !== undefined && own.secret !== secret) continue;
    found.set(id, { ...own, knownBy: known === undefined ? 'folder' : 'both' });
    taken += 1;
  }
  const newestFirst = (one: ListedDrill, other: ListedDrill): number =>
    one.time < other.time ? 1 : -1;
  return [...found.values()].toSorted(newestFirst).slice(0, limit);
}

export interface ShownDrill extends VerifiedReceipt {
  /** Path of the receipt in the state folder; `null`: only the catalog has it. */
  readonly path: string | null;
  /** The receipt as it was signed, and its signature, an armored SSHSIG: for whoever checks it elsewhere. */
  readonly text: string;
  readonly signature: string;
}

/** How many drills are looked through for one whose id was abbreviated. */
const RECENT = 1000;

/**
 * One drill by its id, or the beginning of one; its receipt is checked.
 *
 * @throws RECEIPT_NOT_FOUND, and what `checkReceipt` and opening the catalog throw
 */
export async function showDrill(id: string, run: DrillRun): Promise<ShownDrill> {
  const found = (await signedReceipt(id, run)) ?? (await abbreviated(id, run));
  if (found === null) throw coreError('RECEIPT_NOT_FOUND', `there is no drill ${id}`);
  const { bytes, signature, path } = found;
  const checked = await checkReceipt(found, run.instance);
  return { ...checked, path, text: textOf(bytes), signature: textOf(signature) };
}

type Found = SignedReceipt & { readonly path: string | null };

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

async function signedReceipt(id: string, run: DrillRun): Promise<Found | null> {
  const kept = await readKeptReceipt(id, run.instance);
  if (kept !== null) return kept;
  const [row] = (await (await run.catalog?.openIfThere())?.drills({ id }))?.rows ?? [];
  if (row === undefined || row.receipt === null) return null;
  const [bytes, signature] = [row.receipt, row.signature ?? ''].map((text) => Buffer.from(text));
  return { path: null, bytes: bytes ?? Buffer.alloc(0), signature: signature ?? Buffer.alloc(0) };
}

async function abbreviated(start: string, run: DrillRun): Promise<Found | null> {
  if (!/^[0-9a-f-]{4,36}$/.test(start)) return null;
  const all = await listDrills({ limit: RECENT }, run);
  const [only, ...others] = all.filter(({ id }) => id.startsWith(start));
  if (others.length > 0) {
    throw coreError('RECEIPT_NOT_FOUND', `several drills begin with ${start}: give more of the id`);
  }
  return only === undefined ? null : await signedReceipt(only.id, run);
}

/** `null` for what is no receipt: the list is of drills. */
async function readable(id: string, { instance }: DrillRun): Promise<Receipt | null> {
  const kept = await readKeptReceipt(id, instance);
  if (kept === null) return null;
  return await parseReceipt(kept.bytes).catch((cause: unknown) => {
    if (cause instanceof HoldfastError) return null;
    throw cause;
  });
}

function listed(row: DrillRow): ListedDrill {
  const { id, time, outcome, secret, who, fromMedium, sameAsLive, checkPassed, custodians } = row;
  return {
    ...{ id, time, outcome, secret, who, fromMedium, sameAsLive, checkPassed, custodians },
    knownBy: 'catalog',
  };
}

function fromReceipt(receipt: Receipt): ListedDrill {
  const { id, ended, outcome, copy, who, fromMedium, sameAsLive, check, envelopes } = receipt;
  return {
    ...{ id, time: ended, outcome, who, fromMedium, sameAsLive },
    secret: copy.backup?.secret ?? null,
    checkPassed: check === null ? null : isContent(check),
    custodians: [...new Set(envelopes.flatMap(({ custodians }) => custodians))],
    knownBy: 'folder',
  };
}
