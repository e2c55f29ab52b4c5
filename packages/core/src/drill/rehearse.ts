import { decryptStream, HoldfastError } from '@holdfast/age';
import type { CatalogEvent } from '@holdfast/catalog';
import type { OpenedEnvelope } from '../envelopes/agreement.ts';
import { coreError } from '../errors.ts';
import { readingBackup } from '../io-failure.ts';
import { digestContent } from '../live/content-digest.ts';
import { observeLive, type LiveObservation } from '../live/observe-live.ts';
import { readContent } from '../live/read-content.ts';
import type { OpenBackup } from '../open-backup.ts';
import { openAgreedPayload } from '../payload-agreement.ts';
import { readPayload } from '../payload.ts';
import type { SecretSource } from '../ports.ts';
import { codeOf } from '../record/code-of.ts';
import { following, type Run } from '../run.ts';
import { runCheck, type Check } from './check-command.ts';
import { isContent } from './claims.ts';
import { openInTurn, type EnvelopeLog, type InTurnOptions } from './open-in-turn.ts';
import type { CheckOutcome } from './receipt.ts';

export interface Rehearsal extends InTurnOptions {
  /** Path of the copy, for messages. */
  readonly path: string;
  /** The live secret, to be compared with. */
  readonly live: SecretSource | null;
  readonly check: Check | null;
}

/** What a rehearsal has shown so far. It is filled as it goes, for the receipt of one that fails. */
export interface Progressing {
  readonly envelopes: EnvelopeLog;
  decrypted: boolean;
  sameAsLive: boolean | null;
  check: CheckOutcome | null;
  /** Mark of the live secret, or the code that reading it ended with. */
  observed: { readonly mark: string | null; readonly outcome: string } | null;
}

/**
 * Restores a copy to nowhere: opens it, decrypts all of it, compares it with what its envelope says and with the live
 * secret, and hands it to a check command. One of the last two does not keep the other from being done.
 *
 * @throws what opening throws, BACKUP_DAMAGED, BACKUP_UNREADABLE, PARTS_MISMATCH, LIVE_SECRET_DIFFERS, CHECK_FAILED,
 *   CHECK_TIMED_OUT, the codes of sources, CANCELLED
 */
export async function rehearse(
  backup: OpenBackup,
  { path, live, check, ...inTurn }: Rehearsal,
  so: Progressing,
  run: Run,
): Promise<void> {
  const opened = await openInTurn(backup.file, so.envelopes, inTurn, run);
  const progress = following(run, 'checking', backup.payload.size);
  await readingBackup(path, async () => {
    await openAgreedPayload(backup, opened, null, progress);
  });
  so.decrypted = true;
  const failures: unknown[] = [];
  if (live !== null) {
    await compare(backup, opened, live, path, so, run).catch((cause: unknown) => {
      if (!(cause instanceof HoldfastError) || cause.code === 'CANCELLED') throw cause;
      failures.push(cause);
    });
  }
  if (check !== null) {
    const plaintext = decrypted(backup, opened, run);
    so.check = await readingBackup(path, async () => await runCheck(check, plaintext, run.signal));
    const failure = failureOf(so.check, check);
    if (failure !== null) failures.push(failure);
  }
  if (failures.length > 0) throw failures[0];
}

async function compare(
  backup: OpenBackup,
  opened: OpenedEnvelope,
  live: SecretSource,
  path: string,
  so: Progressing,
  run: Run,
): Promise<void> {
  let observation: LiveObservation;
  try {
    observation = await observeLive(live, run.instance, run.signal);
  } catch (cause) {
    so.observed = { mark: null, outcome: codeOf(cause) };
    throw cause;
  }
  so.observed = { mark: observation.mark, outcome: 'ok' };
  const own = await readingBackup(path, async () => await digestOf(backup, opened, run));
  so.sameAsLive = observation.kind === backup.file.manifest.kind && observation.digest === own;
  if (!so.sameAsLive) {
    throw coreError('LIVE_SECRET_DIFFERS', 'the live secret is not what this copy holds');
  }
}

/** Of what the copy holds. It decrypted to what its envelope says; of several files, times do not count. */
async function digestOf(backup: OpenBackup, opened: OpenedEnvelope, run: Run): Promise<string> {
  const { kind } = backup.file.manifest;
  if (kind === 'file') return opened.binding.plaintext;
  const content = readContent(decrypted(backup, opened, run), run.signal);
  return (await digestContent(kind, content)).digest;
}

function decrypted(
  { payload }: OpenBackup,
  { identity }: OpenedEnvelope,
  { signal }: Run,
): AsyncIterable<Uint8Array> {
  return decryptStream(readPayload(payload), [identity], signal ? { signal } : {});
}

function failureOf(outcome: CheckOutcome, { timeout }: Check): Error | null {
  if (isContent(outcome)) return null;
  if (outcome.timedOut) {
    const words = `the check command did not end within ${String(timeout / 1000)} s`;
    return coreError('CHECK_TIMED_OUT', words);
  }
  const how =
    outcome.exit === null ? 'was ended by a signal' : `failed with status ${String(outcome.exit)}`;
  return coreError('CHECK_FAILED', `the check command ${how}`);
}

/** What the audit log is told of the live secret, where that is the one that is known under this name. */
export function observedEvents(secret: string | null, so: Progressing): CatalogEvent[] {
  if (secret === null || so.observed === null) return [];
  const { mark, outcome } = so.observed;
  return [{ action: 'secret.observe', outcome, secret, detail: { mark } }];
}
