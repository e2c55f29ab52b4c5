import { join } from 'node:path';
import type { SignedHead } from '@holdfast/catalog';
import { replaceFile, type FilePermissions } from '../instance/place-file.ts';
import { readSmallFile } from '../instance/read-file.ts';

const LIMIT = 4096;

function pathIn(stateFolder: string): string {
  return join(stateFolder, 'audit-head.json');
}

/**
 * The newest signed head of the audit chain, kept outside the catalog: whoever puts an older catalog in its
 * place, or cuts its end off, is found out by it. `null`: there was never a catalog here.
 */
export async function readKeptHead(stateFolder: string): Promise<SignedHead | null> {
  const content = await readSmallFile(pathIn(stateFolder), LIMIT);
  if (content === null) return null;
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    if (isHead(value)) return value;
  } catch {
    // Told below.
  }
  // Something was there: it is not as if there had never been a catalog.
  return { sequence: 0, hash: '', time: '', signature: '' };
}

/** Durable on return. */
export async function keepHead(
  stateFolder: string,
  head: SignedHead,
  permissions: FilePermissions,
): Promise<void> {
  const text = `${JSON.stringify(head, null, 2)}\n`;
  await replaceFile(pathIn(stateFolder), Buffer.from(text), permissions);
}

function isHead(value: unknown): value is SignedHead {
  if (typeof value !== 'object' || value === null) return false;
  const head = value as Record<keyof SignedHead, unknown>;
  return (
    Number.isSafeInteger(head.sequence) &&
    [head.hash, head.time, head.signature].every((it) => typeof it === 'string')
  );
}
