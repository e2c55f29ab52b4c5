import type { PayloadOptions } from '@holdfast/age';
import { openEnvelopes, type OpeningFailure } from './envelopes/opener.ts';
import { describe, type Inspection } from './inspect.ts';
import { readingBackup } from './io-failure.ts';
import { openBackup, type OpenBackup } from './open-backup.ts';
import { checkPayload, openAgreedPayload } from './payload-agreement.ts';
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
 * Reads every byte of a backup and checks it. Writes nothing.
 *
 * @throws what `inspect` throws, BACKUP_UNREADABLE, and with factors WRONG_PASSWORD, FACTOR_MISSING, PARTS_MISMATCH; CANCELLED
 */
export async function verify(request: VerifyRequest, run: Run): Promise<Verification> {
  const { from, withFactors, requireSigned, token } = request;
  await using backup = await openBackup(from, run.instance, { requireSigned, pastCache: true });
  const progress = following(run, 'checking', backup.payload.size);
  const { opened, failures } = await readingBackup(from, async () => {
    if (withFactors) return await openEverything(backup, run, token, progress);
    await checkPayload(backup.file.manifest, backup.payload, progress);
    return { opened: [], failures: [] };
  });
  const all = backup.file.manifest.envelopes.map((entry) => entry.index);
  return {
    ...describe(from, backup),
    checked: withFactors ? 'everything' : 'structure',
    fromMedium: backup.payload.direct,
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
