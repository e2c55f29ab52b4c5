import { assertAnotherFile, openStagedFile } from '@holdfast/media/durable';
import { writingTo } from './io-failure.ts';
import { asJob } from './record/job.ts';
import { copiesIn, replacedBy } from './record/known-copies.ts';
import { placeOfFile } from './record/places.ts';
import { backupMade } from './record/backup-made.ts';
import type { Run } from './run.ts';
import {
  openSealing,
  type Sealed,
  type SealedReport,
  type Sealing,
  type SealingRequest,
} from './sealing.ts';

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
  const target = placeOfFile(request.to);
  const job = {
    kind: 'backup',
    secret: request.name ?? request.source.name,
    places: [target],
  };
  const made = await asJob(run, job, async (begin) => {
    await using sealing = await openSealing(request, run);
    await begin({ backup: sealing.id });
    const { path, sealed } = await writeTo(request, sealing, run);
    const copy = { ...target, number: 1, of: 1, proof: sealed.direct ? 'direct' : 'cached' };
    const { origin } = sealing.source;
    const replaced = request.overwrite ? replacedBy(sealing.id, await copiesIn(target, run)) : [];
    return {
      result: { path, sealed },
      events: [...replaced, ...backupMade(sealed, { sealing, origin, copies: [copy] })],
    };
  });
  const { report, direct } = made.sealed;
  const seconds = (performance.now() - started) / 1000;
  return { path: made.path, ...report, fromMedium: direct, seconds };
}

async function writeTo(
  { to, overwrite }: BackupRequest,
  sealing: Sealing,
  { signal }: Run,
): Promise<{ path: string; sealed: Sealed }> {
  const { content, size: expectedSize } = sealing.source;
  if ('fd' in content) await assertAnotherFile(content.fd, to);
  await using staged = await openStagedFile(to, {
    replace: overwrite ? 'overwrite' : 'refuse',
    ...(expectedSize !== null && { expectedSize }),
    ...(signal && { signal }),
  });
  const blank = { fd: staged.fd, path: staged.temporaryPath };
  const sealed = await writingTo(staged, async () => await sealing.write(blank));
  await staged.commit();
  return { path: staged.path, sealed };
}
