import type { PayloadOptions } from '@holdfast/age';
import { openEnvelopes, type OpeningFailure } from './envelopes/opener.ts';
import { describe, type Inspection } from './inspect.ts';
import { readingBackup } from './io-failure.ts';
import { openBackup, type OpenBackup } from './open-backup.ts';
import { checkPayload, openAgreedPayload } from './payload-agreement.ts';
import { copySeen, newsOf } from './record/copy-seen.ts';
import { codeOf } from './record/code-of.ts';
import { recordingFailure } from './record/job.ts';
import { copiesIn, copyFailed } from './record/known-copies.ts';
import { placeOfFile, type CopyPlace } from './record/places.ts';
import { following, type Run } from './run.ts';

export interface VerifyRequest {
  /** Path of the backup. */
  readonly from: string;
  /** Open it too, with every factor at hand; without, only what anyone can check is checked. */
  readonly withFactors: boolean;
  readonly requireSigned?: boolean | undefined;
  /** The alias or URI of the token to open it with; any that fits, without it. */
  readonly token?: string | undefined;
}

export interface Verification extends Inspection {
  /** `structure`: every byte is as it was signed. `everything`: and it really opens. */
  readonly checked: 'structure' | 'everything';
  /** Whether the medium itself was read, rather than what the system remembers of it. */
  readonly fromMedium: boolean;
  /** Indexes of the envelopes that were opened, and of those that nothing at hand opens. */
  readonly opened: readonly number[];
  readonly notOpened: readonly number[];
  /** Why envelopes did not open although there was something to open them with: a wrong PIN, a token removed … */
  readonly failures: readonly OpeningFailure[];
}

/**
 * Reads every byte of a backup and checks it. Writes nothing but the record of that; `place` is where the file
 * lies, when that is a medium.
 *
 * @throws what `inspect` throws, BACKUP_UNREADABLE, and with factors WRONG_PASSWORD, FACTOR_MISSING, PARTS_MISMATCH; CANCELLED
 */
export async function verify(
  request: VerifyRequest,
  run: Run,
  place: CopyPlace = placeOfFile(request.from),
): Promise<Verification> {
  const { from, withFactors, requireSigned, token } = request;
  const checked = withFactors ? 'everything' : 'structure';
  await using backup = await openBackup(from, run.instance, {
    requireSigned,
    pastCache: true,
  }).catch(async (cause: unknown) => {
    const known = await copiesIn(place, run);
    await run.recorder?.record(known.map((row) => copyFailed(row, checked, codeOf(cause))));
    throw cause;
  });
  const progress = following(run, 'checking', backup.payload.size);
  const fromMedium = backup.payload.direct;
  const seen = copySeen(backup, place);
  const { opened, failures } = await recordingFailure(
    run,
    (outcome) => seen.checked({ checked, fromMedium, opened: [] }, outcome),
    async () =>
      await readingBackup(from, async () => {
        if (withFactors) return await openEverything(backup, run, token, progress);
        await checkPayload(backup.file.manifest, backup.payload, progress);
        return { opened: [], failures: [] };
      }),
  );
  const news = await newsOf(seen, place, run);
  await run.recorder?.record([...news, seen.checked({ checked, fromMedium, opened }, 'ok')]);
  const all = backup.file.manifest.envelopes.map((entry) => entry.index);
  return {
    ...describe(from, backup),
    checked,
    fromMedium,
    opened,
    failures,
    notOpened: all.filter((index) => !opened.includes(index)),
  };
}

async function openEverything(
  backup: OpenBackup,
  run: Run,
  token: string | undefined,
  progress: PayloadOptions,
): Promise<Pick<Verification, 'opened' | 'failures'>> {
  const { opened, failures } = await openEnvelopes(backup.file, run, { all: true, token });
  await openAgreedPayload(backup, opened[0], null, progress);
  return { opened: opened.map(({ index }) => index).toSorted((a, b) => a - b), failures };
}
