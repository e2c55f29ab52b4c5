import { assertAnotherFile, openStagedFile } from '@holdfast/media/durable';
import { writingTo } from './io-failure.ts';
import type { Run } from './run.ts';
import { openSealing, type SealedReport, type SealingRequest } from './sealing.ts';

export interface BackupRequest extends SealingRequest {
  /** Path of the backup file to make. */
  readonly to: string;
  /** Replace an existing file at `to`. */
  readonly overwrite?: boolean | undefined;
}

export interface BackupReport extends SealedReport {
  readonly path: string;
  /** Whether it was read back from the medium itself, rather than out of the system's memory. */
  readonly fromMedium: boolean;
  readonly seconds: number;
}

/**
 * Reads a secret at its source, seals it for whoever may open it, writes the backup, reads it back and
 * only then gives it its name. On return it is durable; on any failure there is no file at `to`, or the
 * former one, whole.
 *
 * @throws every code of sources, destinations, passwords and envelopes; CANCELLED
 */
export async function backup(request: BackupRequest, run: Run): Promise<BackupReport> {
  const started = performance.now();
  const { signal } = run;
  await using sealing = await openSealing(request, run);
  const { content, size: expectedSize } = sealing.source;
  if ('fd' in content) await assertAnotherFile(content.fd, request.to);
  await using staged = await openStagedFile(request.to, {
    replace: request.overwrite ? 'overwrite' : 'refuse',
    ...(expectedSize !== null && { expectedSize }),
    ...(signal && { signal }),
  });
  const blank = { fd: staged.fd, path: staged.temporaryPath };
  const { direct, ...sealed } = await writingTo(staged, async () => await sealing.write(blank));
  await staged.commit();
  return {
    path: staged.path,
    ...sealed,
    fromMedium: direct,
    seconds: (performance.now() - started) / 1000,
  };
}
