import { HoldfastError } from '@holdfast/age';
import type { Selector } from '@holdfast/media';
import { coreError, type ErrorCode } from '../errors.ts';
import type { Run } from '../run.ts';
import { verify, type Verification, type VerifyRequest } from '../verify.ts';
import { mediumSeen, placeOnMedium, type CopyPlace } from '../record/places.ts';
import { nameOf } from './choose.ts';
import { openMedium, pickBackup } from './from-medium.ts';

export interface MediumVerification {
  /** The medium in words. */
  readonly where: string;
  readonly backups: readonly VerifiedBackup[];
}

export interface VerifiedBackup {
  readonly file: string;
  /** It never got its name; whatever is wrong with it is no failure of the medium. */
  readonly unfinished: boolean;
  readonly verification: Verification | null;
  readonly failure: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly remedy: string;
  } | null;
}

/**
 * Verifies every backup on a medium, past the system's memory, or the one that the selector names. What is wrong
 * with one of them is told in the report.
 *
 * @throws BACKUP_NOT_FOUND when there is none, what choosing and mounting throw, CANCELLED
 */
export async function verifyMedium(
  selector: Selector,
  request: Omit<VerifyRequest, 'from'>,
  run: Run,
): Promise<MediumVerification> {
  await using medium = await openMedium(selector, run);
  const where = nameOf(medium.chosen);
  const wanted =
    selector.item === null
      ? medium.backups
      : [await pickBackup(medium.backups, selector.item, run.mediumSource)];
  if (wanted.length === 0) throw coreError('BACKUP_NOT_FOUND', `there is no backup on ${where}`);
  await run.recorder?.record([mediumSeen(medium.chosen)]);
  const backups: VerifiedBackup[] = [];
  for (const { file, path, unfinished } of wanted) {
    backups.push({
      file,
      unfinished,
      ...(await outcomeOf({ ...request, from: path }, placeOnMedium(medium.chosen, file), run)),
    });
  }
  return { where, backups };
}

async function outcomeOf(
  request: VerifyRequest,
  place: CopyPlace,
  run: Run,
): Promise<Pick<VerifiedBackup, 'verification' | 'failure'>> {
  try {
    return { verification: await verify(request, run, place), failure: null };
  } catch (cause) {
    if (!(cause instanceof HoldfastError) || cause.code === 'CANCELLED') throw cause;
    const { message, remedy } = cause;
    return { verification: null, failure: { code: cause.code as ErrorCode, message, remedy } };
  }
}

/** Throws the first failure of a backup that has its name, once all were looked at. */
export function assertAllSound({ where, backups }: MediumVerification): void {
  const bad = backups.filter(({ failure, unfinished }) => failure !== null && !unfinished);
  const [first] = bad;
  if (first?.failure === undefined || first.failure === null) return;
  const { code, message, remedy } = first.failure;
  const count = `${bad.length} of ${backups.length} backups on ${where} failed`;
  throw new HoldfastError(code, `${count}; ${first.file}: ${message}`, remedy);
}
