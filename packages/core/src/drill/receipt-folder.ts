import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { destinationError, isSystemError, syncFolder } from '@holdfast/media/durable';
import type { Instance } from '../instance/instance.ts';
import { createFile } from '../instance/place-file.ts';
import { readSmallFile } from '../instance/read-file.ts';
import { LONGEST_RECEIPT } from './parse-receipt.ts';

const NAME = /^\d{8}T\d{9}Z-([0-9a-f-]{36})\.json$/;
const LONGEST_SIGNATURE = 4096;

/** A receipt as it is signed, and its signature: an armored SSHSIG. */
export interface SignedReceipt {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Where receipts lie in the state folder. */
export function receiptFolder({ folder }: Pick<Instance, 'folder'>): string {
  return join(folder, 'drills');
}

/**
 * Puts a receipt and its signature into the state folder. Durable on return; a receipt that is there has its
 * signature beside it, whenever this was cut off. Resolves to its path.
 *
 * @throws what writing to the state folder ends with
 */
export async function keepReceipt(
  { bytes, signature }: SignedReceipt,
  { id, started }: { readonly id: string; readonly started: string },
  instance: Instance,
): Promise<string> {
  const { folderMode, ...file } = await instance.permissions();
  const folder = receiptFolder(instance);
  await makeFolder(folder, folderMode);
  const path = join(folder, `${started.replace(/[-:.]/g, '')}-${id}.json`);
  await createFile(`${path}.sig`, signature, file);
  await createFile(path, bytes, file);
  return path;
}

/** Ids of the receipts that are kept, the newest first. */
export async function keptReceipts(instance: Instance): Promise<readonly string[]> {
  return (await namesIn(receiptFolder(instance))).map((name) => NAME.exec(name)?.[1] ?? '');
}

/** A receipt that is kept, whatever is in it; `null`: there is none with this id. */
export async function readKeptReceipt(
  id: string,
  instance: Instance,
): Promise<(SignedReceipt & { readonly path: string }) | null> {
  const folder = receiptFolder(instance);
  const name = (await namesIn(folder)).find((each) => each.endsWith(`-${id}.json`));
  if (name === undefined) return null;
  const path = join(folder, name);
  const bytes = await readSmallFile(path, LONGEST_RECEIPT);
  const signature = await readSmallFile(`${path}.sig`, LONGEST_SIGNATURE);
  return bytes === null ? null : { path, bytes, signature: signature ?? new Uint8Array() };
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) return [];
    throw cause;
  });
  return names
    .filter((name) => NAME.test(name))
    .toSorted()
    .toReversed();
}

async function makeFolder(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, mode);
    await syncFolder(join(folder, '..'));
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST')) throw await destinationError(cause, folder);
  }
}
