import { lstat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import type { OpenVolume } from '@holdfast/media';
import { syncFolder } from '@holdfast/media/durable';
import { openBackup } from '../open-backup.ts';
import { checkPayload } from '../payload-agreement.ts';
import { following, type Run } from '../run.ts';
import type { SealedReport } from '../sealing.ts';
import { findBackups, type FoundBackup } from './find-backups.ts';

export interface KeepRequest {
  /** The copy that was just proven. */
  readonly path: string;
  readonly sealed: SealedReport;
  /** How many generations to leave, the new one included; at least 1. */
  readonly keep: number;
}

/**
 * Removes older generations of a secret from a volume, and only those that are superseded for sure: signed by us,
 * of the same name, older, and outnumbered by as many newer ones as are to be kept, each of which was just read
 * from the medium and is whole. Resolves to the names of the files that are gone.
 */
export async function removeSuperseded(
  volume: OpenVolume,
  { path, sealed, keep }: KeepRequest,
  run: Run,
  warnings: string[],
): Promise<string[]> {
  // A discreet backup does not say what it is of.
  if (sealed.secret === null) {
    warnings.push(
      'nothing older was removed: a discreet backup does not say of which secret it is',
    );
    return [];
  }
  const found = await findBackups(volume.folder, run.instance);
  const generations = found.filter((it) => isOurs(it, sealed));
  let whole = 0;
  const removed: string[] = [];
  for (const it of generations) {
    if (whole < keep) {
      if (it.path === path || (await isWhole(it, run))) whole += 1;
      else warnings.push(`${it.file} is damaged: it is left there, and not counted`);
      continue;
    }
    await volume.assertOnIt(it.path);
    if (!(await lstat(it.path)).isFile()) continue;
    await unlink(it.path);
    removed.push(it.file);
  }
  if (removed.length > 0) await syncFolder(dirname(path));
  return removed;
}

/** Anything else on the medium, of whomever, is none of our business. */
function isOurs(
  { inspection, unfinished }: FoundBackup,
  { secret, signer }: SealedReport,
): boolean {
  return (
    !unfinished &&
    inspection !== null &&
    inspection.secret === secret &&
    inspection.signature.status === 'trusted' &&
    inspection.signature.signer.fingerprint === signer.fingerprint
  );
}

/** Every byte of it, from the medium. */
async function isWhole({ path }: FoundBackup, run: Run): Promise<boolean> {
  try {
    await using backup = await openBackup(path, run.instance, {
      requireSigned: true,
      pastCache: true,
    });
    const progress = following(run, 'checking', backup.payload.size);
    await checkPayload(backup.file.manifest, backup.payload, progress);
    return true;
  } catch (cause) {
    if (cause instanceof HoldfastError && cause.code !== 'CANCELLED') return false;
    throw cause;
  }
}
