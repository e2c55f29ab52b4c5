import { randomUUID } from 'node:crypto';
import { HoldfastError } from '@holdfast/age';
import type { CatalogEvent, CopyRow } from '@holdfast/catalog';
import { coreError, type ErrorCode } from '../errors.ts';
import { openBackup, type OpenBackup } from '../open-backup.ts';
import type { Policies } from '../policy/policy.ts';
import { copySeen, newsOf } from '../record/copy-seen.ts';
import { asJob, type Begin, type Told } from '../record/job.ts';
import { copiesIn } from '../record/known-copies.ts';
import type { Run } from '../run.ts';
import type { Check } from './check-command.ts';
import { dueOf } from '../due.ts';
import { knownSecret, liveSource, type LiveSecret, type SecretSettings } from './live-source.ts';
import { assertReceiptFits, makeReceipt, writeReceipt } from './make-receipt.ts';
import { openCopy, type GivenCopy, type OpenCopy } from './open-copy.ts';
import {
  assertEnvelope,
  envelopeLog,
  type EnvelopeLog,
  type InTurnOptions,
} from './open-in-turn.ts';
import type { Receipt } from './receipt.ts';
import { drillEvent } from './receipt-event.ts';
import { keepReceipt } from './receipt-folder.ts';
import { observedEvents, rehearse, type Progressing } from './rehearse.ts';

export interface DrillRequest extends InTurnOptions {
  readonly from: GivenCopy;
  /** Compare it with the live secret; without it, that is not shown. */
  readonly live?: LiveSecret | undefined;
  readonly check?: Check | undefined;
  /** Where to leave the receipt as well; its signature beside it, with `.sig` behind the name. */
  readonly receipt?: string | undefined;
  readonly requireSigned?: boolean | undefined;
  /** Of the configuration. */
  readonly policies?: Policies | undefined;
  readonly secrets?: Readonly<Record<string, SecretSettings>> | undefined;
  /** Who drills, where that is not who runs this process. */
  readonly who?: string | undefined;
}

export interface DrillReport {
  /** The copy in words. */
  readonly where: string;
  readonly receipt: Receipt;
  /** Path of the receipt in the state folder. */
  readonly kept: string;
  /** Path of the receipt where it was asked for. */
  readonly written: string | null;
  /** When the next drill is due, by the policy of the secret. */
  readonly nextDue: string | null;
  readonly failure: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly remedy: string;
  } | null;
}

/**
 * Rehearses a restore of one copy: reads it past the system's memory, opens it, decrypts it to nowhere, compares it,
 * and leaves a signed receipt of what that showed and what it did not, in the state folder and in the catalog. A
 * drill that fails leaves one as well, and is told in the report; `assertDrilled` throws what it ended with.
 *
 * @throws BACKUP_NOT_FOUND, NOT_A_BACKUP for what was never known as a copy; ENVELOPE_NOT_FOUND, SOURCE_NOT_FOUND when
 *   nobody knows the live secret, what choosing and mounting media throw, what writing the receipt ends with, CANCELLED
 */
export async function drill(request: DrillRequest, run: Run): Promise<DrillReport> {
  if (request.receipt !== undefined) await assertReceiptFits(request.receipt);
  await run.instance.signer();
  await using copy = await openCopy(request.from, run);
  const job = { kind: 'drill', places: [] };
  return await asJob(run, job, async (begin) => await drillCopy(copy, request, run, begin));
}

/** Throws what a drill ended with. */
export function assertDrilled({ failure }: DrillReport): void {
  if (failure === null) return;
  throw new HoldfastError(failure.code, failure.message, failure.remedy);
}

async function drillCopy(
  copy: OpenCopy,
  request: DrillRequest,
  run: Run,
  begin: Begin,
): Promise<Told<DrillReport>> {
  const started = new Date();
  const known = (await copiesIn(copy.place, run))[0] ?? null;
  const opening = await orFailure(openBackup(copy.path, run.instance, { pastCache: true }));
  await using backup = 'failure' in opening ? null : opening.result;
  const so = nothingYet(backup);
  let failure = 'failure' in opening ? opening.failure : null;
  // A name that was mistyped is no copy.
  if (failure !== null && known === null && NO_BACKUP.includes(failure.code)) throw failure;
  if (backup !== null) {
    const { id } = backup.file.manifest;
    const secret = secretOf(backup, known);
    assertEnvelope(backup.file, request.which);
    const live =
      request.live === undefined
        ? null
        : await liveSource(request.live, { name: secret, wanted: wantedOf(secret, request) }, run);
    await begin({ backup: id, secret });
    const { which, token, onEnvelope, check = null } = request;
    const rehearsal = { path: copy.path, live, check, which, token, onEnvelope };
    const outcome = await orFailure(
      (async () => {
        assertSigned(backup, request);
        await rehearse(backup, rehearsal, so, run);
      })(),
    );
    failure = 'failure' in outcome ? outcome.failure : null;
  }
  return await finish({ copy, backup, known, so, failure, started }, request, run);
}

/** What says that there is no backup, rather than that one is bad. */
const NO_BACKUP: readonly string[] = ['BACKUP_NOT_FOUND', 'NOT_A_BACKUP', 'SOURCE_UNREADABLE'];

interface Drilled {
  readonly copy: OpenCopy;
  readonly backup: OpenBackup | null;
  readonly known: CopyRow | null;
  readonly so: Progressing;
  readonly failure: HoldfastError | null;
  readonly started: Date;
}

/** Signs the receipt, keeps it, and tells the audit log. */
async function finish(
  drilled: Drilled,
  request: DrillRequest,
  run: Run,
): Promise<Told<DrillReport>> {
  const { copy, backup, known, so, failure } = drilled;
  const id = randomUUID();
  const made = makeReceipt(
    { ...drilled, id, who: request.who, ended: new Date() },
    await run.instance.signer(),
  );
  const { receipt } = made;
  const secret = backup === null ? (known?.secret ?? null) : secretOf(backup, known);
  const events = [
    ...copy.seen,
    ...(await copyEvents(drilled, run)),
    drillEvent(receipt, made, { secret, backup: known?.backup ?? null }),
    ...(request.live?.kind === 'known' ? observedEvents(secret, so) : []),
  ];
  let kept: string;
  try {
    kept = await keepReceipt(made, receipt, run.instance);
    if (request.receipt !== undefined) await writeReceipt(request.receipt, made);
    // Whoever broke it off learns that, and nothing else.
    if (failure?.code === 'CANCELLED') throw failure;
  } catch (cause) {
    // The catalog has room for the receipt as well.
    await run.recorder?.record(events);
    throw cause;
  }
  const result = {
    where: copy.where,
    receipt,
    kept,
    written: request.receipt ?? null,
    nextDue: await nextDue(drilled, { receipt, secret }, request, run),
    failure: failure && {
      code: failure.code as ErrorCode,
      message: failure.message,
      remedy: failure.remedy,
    },
  };
  return { result, events, outcome: failure?.code };
}

/** A copy that decrypted in full is verified by that. */
async function copyEvents(
  { copy, backup, so }: Drilled,
  run: Run,
): Promise<readonly CatalogEvent[]> {
  if (backup === null) return [];
  const seen = copySeen(backup, copy.place);
  const news = await newsOf(seen, copy.place, run);
  if (!so.decrypted) return news;
  const opened = [...so.envelopes.values()].filter((each) => each.opened).map(({ index }) => index);
  const { direct: fromMedium } = backup.payload;
  return [...news, seen.checked({ checked: 'everything', fromMedium, opened }, 'ok')];
}

async function nextDue(
  { backup, known }: Drilled,
  { receipt, secret }: { readonly receipt: Receipt; readonly secret: string | null },
  request: DrillRequest,
  run: Run,
): Promise<string | null> {
  const { policies = {} } = request;
  const wanted = settingsOf(secret, request)?.policy ?? (await knownSecret(secret, run))?.policy;
  const policy =
    typeof wanted === 'string' && Object.hasOwn(policies, wanted) ? policies[wanted] : undefined;
  const { outcome, ended } = receipt;
  const last = outcome === 'ok' ? ended : (known?.drilledAt ?? null);
  const since = backup?.file.manifest.created ?? receipt.started;
  return dueOf({ last, since, every: policy?.drillEvery ?? null }, Date.parse(ended)).dueAt;
}

function nothingYet(backup: OpenBackup | null): Progressing {
  const envelopes: EnvelopeLog =
    backup === null ? new Map<never, never>() : envelopeLog(backup.file);
  return { envelopes, decrypted: false, sameAsLive: null, check: null, observed: null };
}

/** A discreet backup does not say whose it is; who made it here knows. */
function secretOf({ file }: OpenBackup, known: CopyRow | null): string | null {
  const { id, secret } = file.manifest;
  return secret ?? (known?.backup === id ? known.secret : null);
}

function settingsOf(
  secret: string | null,
  { secrets = {} }: DrillRequest,
): SecretSettings | undefined {
  return secret !== null && Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
}

function wantedOf(secret: string | null, request: DrillRequest): SecretSettings['source'] {
  return settingsOf(secret, request)?.source ?? null;
}

function assertSigned({ signature }: OpenBackup, { requireSigned }: DrillRequest): void {
  if (requireSigned !== true || signature.status === 'trusted') return;
  const who = signature.status === 'unsigned' ? 'nobody' : signature.signer.fingerprint;
  throw coreError(
    'SIGNER_NOT_TRUSTED',
    `this backup is signed by ${who}, whom nothing here trusts`,
  );
}

/** A failure that belongs into a receipt; what is a defect of ours is thrown. */
async function orFailure<Result>(
  work: Promise<Result>,
): Promise<{ readonly result: Result } | { readonly failure: HoldfastError }> {
  try {
    return { result: await work };
  } catch (cause) {
    if (cause instanceof HoldfastError) return { failure: cause as HoldfastError };
    throw cause;
  }
}
