import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, throwIfCancelled } from '@holdfast/age';
import {
  fileName,
  isOnSystemDisk,
  openFolder,
  putFile,
  type Content,
  type OpenVolume,
  type Proof,
} from '@holdfast/media';
import { destinationError, mediaError } from '@holdfast/media/durable';
import { coreError, type ErrorCode } from '../errors.ts';
import type { Run } from '../run.ts';
import { asJob } from '../record/job.ts';
import { openSealing, type Sealed, type SealedReport, type SealingRequest } from '../sealing.ts';
import { copiesMade, placeOfTarget } from './copies-made.ts';
import type { CopyOutcome, CopyReport, CopyTarget } from './copy-report.ts';

export type { CopyReport, CopyTarget };
import { nameOf } from './choose.ts';
import { removeSuperseded } from './keep.ts';

export interface CopiesRequest extends SealingRequest {
  readonly to: readonly CopyTarget[];
  /** How many generations of the secret to leave on each medium; without it, all. */
  readonly keep?: number | undefined;
  /** Unmount each medium and switch it off once its copy is proven. */
  readonly eject: boolean;
}

export interface CopiesReport extends SealedReport {
  readonly copies: readonly CopyReport[];
  readonly seconds: number;
}

/**
 * Seals a secret once and writes the backup to several media, each proven by itself. A failure of one is told in
 * its report and does not touch the others, and so is that they were cancelled when some were made; when none was
 * made, the first failure is thrown.
 *
 * @throws every code of sources, passwords, envelopes and media; CANCELLED
 */
export async function backupToMedia(request: CopiesRequest, run: Run): Promise<CopiesReport> {
  const started = performance.now();
  if (request.to.length === 0) throw coreError('USAGE', 'no destination was given');
  const places = request.to.map(placeOfTarget);
  const job = { kind: 'backup', secret: request.name ?? request.source.name, places };
  const { report, copies } = await asJob(run, job, async (begin) => {
    await using sealing = await openSealing(request, run);
    await begin({ backup: sealing.id });
    // Sealed on this machine first, without a name: it goes to several media, and is what they are compared with.
    await using blank = await openNamelessFile(run.instance.folder);
    const sealed = await sealing
      .write({ fd: blank.fd, path: null })
      .catch(async (cause: unknown) => {
        throw await destinationError(cause, blank.path);
      });
    const content = { fd: blank.fd, size: sealed.report.size };
    const name = nameOfFile(sealed.report, sealing.created);
    const made = await copyToEach(name, content, sealed, request, run);
    const result = {
      report: sealed.report,
      copies: made.map(({ removedIds: _, ...copy }) => copy),
    };
    const complete = made.every(({ failure }) => failure === null);
    return {
      result,
      events: copiesMade(name, sealed, sealing, request.to, made),
      outcome: complete ? undefined : 'COPIES_INCOMPLETE',
    };
  });
  return { ...report, copies, seconds: (performance.now() - started) / 1000 };
}

/** One after another. Throws the first failure when there is no copy in the end. */
async function copyToEach(
  name: string,
  content: Content,
  { report }: Sealed,
  request: CopiesRequest,
  run: Run,
): Promise<CopyOutcome[]> {
  const copies: CopyOutcome[] = [];
  const failures: unknown[] = [];
  for (const target of request.to) {
    try {
      throwIfCancelled(run.signal);
      copies.push(await copyTo(target, name, content, report, request, run));
    } catch (error) {
      const cause = firstOf(error);
      failures.push(cause);
      copies.push({ ...failedCopy(target, cause), removedIds: [] });
    }
  }
  if (failures.length === copies.length) throw failures[0];
  return copies;
}

/**
 * Throws COPIES_INCOMPLETE when not all copies were made. The report stays true for those that were.
 */
export function assertAllCopies({ copies }: CopiesReport): void {
  const failed = copies.flatMap(({ where, failure }) =>
    failure === null ? [] : [{ where, failure }],
  );
  const [first] = failed;
  if (first === undefined) return;
  throw coreError(
    'COPIES_INCOMPLETE',
    `${failed.length} of ${copies.length} copies were not made; ${first.where}: ${first.failure.message}`,
  );
}

async function copyTo(
  target: CopyTarget,
  name: string,
  content: Content,
  sealed: SealedReport,
  { keep, eject }: CopiesRequest,
  run: Run,
): Promise<CopyOutcome> {
  const { signal, onProgress } = run;
  await using resources = new AsyncDisposableStack();
  const volume = resources.use(await openTarget(target, eject, run));
  const { path, proof } = await putFile(volume, name, content, {
    signal,
    onProgress: (phase, done) => onProgress?.({ phase, done, total: content.size }),
  });
  const warnings = await warningsFor(volume, proof);
  const removed =
    keep === undefined ? [] : await removeSuperseded(volume, { path, sealed, keep }, run, warnings);
  let ejected = false;
  if (eject && volume.chosen !== null) {
    // The copy is proven: whatever comes now, it is there.
    ejected = await volume.eject().then(
      () => true,
      (cause: unknown) => {
        warnings.push(`not ejected: ${cause instanceof Error ? cause.message : String(cause)}`);
        return false;
      },
    );
  }
  await resources.disposeAsync().catch((cause: unknown) => {
    warnings.push(`still mounted: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  return {
    ...describeTarget(target),
    file: name,
    proof,
    ejected,
    removed: removed.map(({ file }) => file),
    removedIds: removed.map(({ backup }) => backup),
    warnings,
    failure: null,
  };
}

/** What went wrong first, when leaving the medium as it was found failed as well. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

async function openTarget(target: CopyTarget, eject: boolean, run: Run): Promise<OpenVolume> {
  if (target.kind === 'folder') return await openFolder(target.path);
  if (run.media === undefined)
    throw mediaError('MEDIA_UNSUPPORTED', 'nothing here looks for media');
  const { signal } = run;
  return await run.media.openVolume(target.chosen, { access: 'write', mayUnmount: eject, signal });
}

async function warningsFor(volume: OpenVolume, proof: Proof): Promise<string[]> {
  const warnings: string[] = [];
  if (proof === 'cached') {
    warnings.push('it was read back out of the system’s memory: its file system allows no better');
  }
  if (volume.chosen === null && (await isOnSystemDisk(volume.folder))) {
    warnings.push('it lies on the disk of this very system, and would be lost with it');
  }
  return warnings;
}

function describeTarget(target: CopyTarget): Pick<CopyReport, 'where' | 'medium'> {
  if (target.kind === 'folder') return { where: target.path, medium: null };
  const { medium, volume } = target.chosen;
  const { serial, vendor, product } = medium;
  const { label, uuid } = volume;
  return { where: nameOf(target.chosen), medium: { label, uuid, serial, vendor, product } };
}

function failedCopy(target: CopyTarget, cause: unknown): CopyReport {
  const failure =
    cause instanceof HoldfastError
      ? { code: cause.code as ErrorCode, message: cause.message, remedy: cause.remedy }
      : coreError('INTERNAL', cause instanceof Error ? cause.message : String(cause));
  const { code, message, remedy } = failure;
  return {
    ...describeTarget(target),
    file: null,
    proof: null,
    ejected: false,
    removed: [],
    warnings: [],
    failure: { code, message, remedy },
  };
}

/** `sso-20261125T223325Z-1a2b3c4d.tar`: sorts by time, and no two are alike. */
function nameOfFile({ secret, id }: SealedReport, created: string): string {
  const time = created.replace(/[-:]|\.\d+/g, '');
  return `${fileName(secret ?? 'backup')}-${time}-${id.slice(0, 8)}.tar`;
}

interface NamelessFile extends AsyncDisposable {
  readonly fd: number;
  /** The name that it had. */
  readonly path: string;
}

/** A file that is gone when it is closed, or when this process ends, however that ends. */
async function openNamelessFile(folder: string): Promise<NamelessFile> {
  const path = join(folder, `.${randomBytes(8).toString('hex')}.sealing`);
  const { O_RDWR, O_CREAT, O_EXCL } = constants;
  try {
    await using resources = new AsyncDisposableStack();
    const { fd } = resources.use(await open(path, O_RDWR | O_CREAT | O_EXCL, 0o600));
    await unlink(path);
    const held = resources.move();
    return {
      fd,
      path,
      async [Symbol.asyncDispose]() {
        await held.disposeAsync();
      },
    };
  } catch (cause) {
    throw await destinationError(cause, path);
  }
}
