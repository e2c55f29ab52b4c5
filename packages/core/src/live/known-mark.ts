import { HoldfastError } from '@holdfast/age';
import type { BackupFile } from '../backup-file/reader.ts';
import { sha256Hex } from '../backup-file/manifest.ts';
import type { Run } from '../run.ts';

/**
 * The mark of the secret in a backup, as it was kept when that was made; `null` where another instance made it, or the
 * catalog cannot be asked. Its next generation holds the same secret.
 */
export async function knownMark(
  { manifest, manifestBytes }: Pick<BackupFile, 'manifest' | 'manifestBytes'>,
  { catalog }: Pick<Run, 'catalog'>,
): Promise<string | null> {
  try {
    const there = await catalog?.openIfThere();
    const { rows } = (await there?.backups({ id: manifest.id })) ?? { rows: [] };
    const digest = sha256Hex(manifestBytes);
    return rows.find((row) => row.manifest === digest)?.mark ?? null;
  } catch (cause) {
    if (cause instanceof HoldfastError) return null;
    throw cause;
  }
}
