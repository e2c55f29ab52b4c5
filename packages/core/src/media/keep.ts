import { lstat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError, throwIfCancelled } from '@holdfast/age';
import type { OpenVolume } from '@holdfast/media';
import { isSystemError, syncFolder } from '@holdfast/media/durable';
import type { Inspection } from '../inspect.ts';
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

export interface RemovedFile {
  readonly file: string;
  /** Id of the backup that it was. */
  readonly backup: string;
}

/**
 * Removes older generations of a secret from a volume, and only those that are superseded for sure: signed by us,
 * of the same name, older, and outnumbered by as many newer ones as are to be kept, each of which was just read
 * from the medium and is whole. Resolves to what is gone.
 */
export async function removeSuperseded(
  volume: OpenVolume,
  { path, sealed, keep }: KeepRequest,
  run: Run,
  warnings: string[],
): Promise<RemovedFile[]> {
  // A discreet backup does not say what it is of.
  if (sealed.secret === null) {
    warnings.push(
      'nothing older was removed: a discreet backup does not say of which secret it is',
    );
    return [];
  }
  const removed: RemovedFile[] = [];
  try {
    const found = await findBackups(volume.folder, run.instance);
    const fresh = found.find((it) => it.path === path);
    if (fresh === undefined) return [];
    // Two files of one backup are one generation.
    const whole = new Set([sealed.id]);
    for (const it of found) {
      if (it === fresh || !isOurs(it, sealed)) continue;
      if (whole.has(it.inspection.id)) continue;
      if (whole.size >= keep) {
        // A clock that went back makes what was there before look newer: it stays, like all that may be.
        if (!isOlder(it, fresh)) continue;
        await volume.assertOnIt(it.path);
        if (!(await lstat(it.path)).isFile()) continue;
        await unlink(it.path);
        removed.push({ file: it.file, backup: it.inspection.id });
      } else if (await isWhole(it, run)) {
        whole.add(it.inspection.id);
      } else {
        warnings.push(`${it.file} is damaged: it is left there, and not counted`);
      }
    }
    if (removed.length > 0) await syncFolder(dirname(path));
  } catch (cause) {
    // The new copy is proven, whatever becomes of the old ones.
    throwIfCancelled(run.signal);
    warnings.push(`older ones are left: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return removed;
}

function isOlder({ inspection }: WholeBackup, than: FoundBackup): boolean {
  return than.inspection !== null && inspection.created < than.inspection.created;
}

type WholeBackup = FoundBackup & { readonly inspection: Inspection };

/** Anything else on the medium, of whomever, is none of our business. */
function isOurs(found: FoundBackup, { secret, signer }: SealedReport): found is WholeBackup {
  const { inspection, unfinished } = found;
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
    throwIfCancelled(run.signal);
    if (cause instanceof HoldfastError || isSystemError(cause)) return false;
    throw cause;
  }
}
