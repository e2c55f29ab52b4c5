import { openStagedFile } from '@holdfast/media/durable';
import { sha256Hex, type Manifest, type Waiver } from './backup-file/manifest.ts';
import { assertManifestText } from './backup-file/manifest-text.ts';
import type { OpenedEnvelope } from './envelopes/agreement.ts';
import { isForPassword } from './envelopes/candidate.ts';
import { openEnvelopes } from './envelopes/opener.ts';
import { openEnvelopeSealers, type SealingRules } from './envelopes/sealer.ts';
import { assertPresent, planEnvelopes, takenAway, type WantedChange } from './envelopes/plan.ts';
import { assertHasToken, resolveEnvelopes } from './envelopes/resolve.ts';
import { holdersOf, holdersOfResolved, waiversFor } from './envelopes/single-point.ts';
import { sealEnvelopes, type SealedEnvelope } from './envelopes/seal.ts';
import { coreError } from './errors.ts';
import type { Signer } from './instance/signing-key.ts';
import { knownMark } from './live/known-mark.ts';
import { quorumWarnings } from './quorum/change-warnings.ts';
import { numbersInWords } from './quorum/quorum-sealer.ts';
import { openBackup, type OpenBackup } from './open-backup.ts';
import { checkPayload } from './payload-agreement.ts';
import { copyPayload } from './payload.ts';
import { factsOfMade } from './record/facts.ts';
import { asJob, type Begin, type Told } from './record/job.ts';
import { aboutCopy, placeOfFile, type CopyPlace } from './record/places.ts';
import { following, type Run } from './run.ts';
import { summarizeEnvelopes, type EnvelopeSummary } from './summary.ts';
import { writeBackup, type ManifestHead } from './write-backup.ts';
import { readingFrom, writingTo } from './io-failure.ts';

export interface EnvelopeChange extends Omit<SealingRules, 'discreet'>, WantedChange {
  /** Path of the backup, which is replaced by its next generation. */
  readonly path: string;
  /** Go on although nobody trusted signed it: this instance signs what is changed, and vouches for it. */
  readonly acceptUnknownSigner?: boolean | undefined;
  /** The alias or URI of the token to open it with; any that fits, without it. */
  readonly token?: string | undefined;
}

export interface EnvelopeChangeReport {
  readonly path: string;
  readonly id: string;
  readonly generation: number;
  readonly hint: string | null;
  readonly envelopes: readonly EnvelopeSummary[];
  /** Indexes of the envelopes that nobody opened in this act, and that were kept as they were. */
  readonly kept: readonly number[];
  readonly signer: Signer;
  readonly waivers: readonly Waiver[];
  /** What whoever answers for the backup should know of its tokens, in words. */
  readonly warnings: readonly string[];
}

/**
 * Adds, removes or re-seals envelopes. The payload's bytes are copied, never decrypted; the new
 * generation is proven before it takes the name of the old one, durably.
 *
 * It keeps nobody out who opened the backup before, or who has an older copy of it, or enough of the shares that
 * were given out before.
 *
 * @throws ENVELOPE_NOT_FOUND, ENVELOPE_LAST, SIGNER_NOT_TRUSTED, and what opening and sealing throw
 */
export async function changeEnvelopes(
  request: EnvelopeChange,
  run: Run,
): Promise<EnvelopeChangeReport> {
  const target = placeOfFile(request.path);
  const job = { kind: 'envelopes', places: [target] };
  return await asJob(run, job, async (begin) => await change(request, run, target, begin));
}

async function change(
  request: EnvelopeChange,
  run: Run,
  target: CopyPlace,
  begin: Begin,
): Promise<Told<EnvelopeChangeReport>> {
  const requireSigned = !request.acceptUnknownSigner;
  await using backup = await openBackup(request.path, run.instance, { requireSigned });
  const { manifest, manifestBytes, envelopes: formerFiles } = backup.file;
  await begin({ backup: manifest.id, secret: manifest.secret });
  assertPresent(manifest, takenAway(request));

  const opened = await openForChange(backup, request, run);
  const plan = planEnvelopes(manifest, request, opened);
  const hint = nextHint(manifest, request);
  assertManifestText({ ...manifest, hint });
  if (request.requireToken) plan.kept.forEach(assertHasToken);
  const fresh = await resolveEnvelopes(plan.fresh, run, request);
  const waivers = waiversFor({
    envelopes: [...plan.kept.map(holdersOf), ...fresh.envelopes.map(holdersOfResolved)],
    allowed: request.allowSinglePointOfFailure,
    former: { waivers: manifest.waivers, allKept: takenAway(request).length === 0 },
  });
  const discreet = manifest.secret === null;
  using sealers = await openEnvelopeSealers(fresh.envelopes, run, {
    ...request,
    discreet,
    hint: hint ?? undefined,
  });
  const signingKey = await run.instance.signer();
  const { signal } = run;
  await using staged = await openStagedFile(request.path, {
    replace: 'overwrite',
    expectedSize: backup.file.size,
    ...(signal && { signal }),
  });

  const head: ManifestHead = {
    ...manifest,
    generation: manifest.generation + 1,
    previous: sha256Hex(manifestBytes),
    hint,
    waivers,
  };
  const written = await writingTo(
    staged,
    async () =>
      await writeBackup(
        { fd: staged.fd, path: staged.temporaryPath },
        {
          head,
          envelopes: byIndex([...plan.kept, ...sealers.all]),
          signingKey,
          writePayload: async (region) =>
            await readingFrom(
              request.path,
              async () =>
                await copyPayload(
                  backup.payload,
                  region,
                  following(run, 'copying', backup.payload.size),
                ),
            ),
          provePayload: async (payload) => {
            await checkPayload(manifest, payload, following(run, 'reading back', payload.size));
            const sealed = await seal(opened, sealers.all);
            return {
              payload: manifest.payload,
              envelopes: byIndex([...plan.kept, ...sealed.map(({ entry }) => entry)]),
              files: new Map([...formerFiles, ...sealed.flatMap(({ files }) => [...files])]),
            };
          },
        },
      ),
  );
  await staged.commit();
  const { signer } = signingKey;
  const { size, direct } = written;
  const mark = await knownMark(backup.file, run);
  const made = { size, signer: signer.fingerprint, mark };
  const facts = factsOfMade(written.manifest, written.manifestBytes, made);
  const about = aboutCopy(target, { backup: manifest.id, secret: manifest.secret });
  const proof = direct ? 'direct' : 'cached';
  const { generation } = head;
  const copy = {
    ...{ place: target.place, file: target.file, size, proof },
    number: null,
    of: null,
  };
  return {
    result: {
      path: staged.path,
      id: manifest.id,
      generation,
      hint,
      envelopes: summarizeEnvelopes(written.manifest.envelopes),
      kept: plan.kept.map(({ index }) => index).filter((index) => index !== opened?.index),
      signer,
      waivers: written.manifest.waivers,
      warnings: [
        ...fresh.warnings,
        ...numbersInWords(fresh.envelopes, { discreet }),
        ...quorumWarnings(manifest, written.manifest),
      ],
    },
    events: [
      { ...about, action: 'backup.change', outcome: 'ok', detail: facts },
      { ...about, action: 'copy.make', outcome: 'ok', detail: { ...copy, generation } },
    ],
  };
}

/** Opens one envelope when something is to be sealed; taking envelopes away needs no factor. */
async function openForChange(
  { file }: OpenBackup,
  { add = [], replace, replacePassword, token }: EnvelopeChange,
  run: Run,
): Promise<OpenedEnvelope | undefined> {
  if (add.length === 0 && !replace && !replacePassword) return undefined;
  if (replacePassword && !file.manifest.envelopes.some(isForPassword)) {
    throw coreError('ENVELOPE_NOT_FOUND', 'no envelope of this backup takes a password');
  }
  const { opened } = await openEnvelopes(file, run, { withPassword: replacePassword, token });
  return opened[0];
}

/** A hint belongs to its password: with a new password the old hint goes. */
function nextHint(manifest: Manifest, { hint, replacePassword }: EnvelopeChange): string | null {
  if (manifest.secret === null) return null;
  if (hint === '') return null;
  return hint ?? (replacePassword ? null : manifest.hint);
}

async function seal(
  opened: OpenedEnvelope | undefined,
  sealers: Parameters<typeof sealEnvelopes>[0],
): Promise<SealedEnvelope[]> {
  if (opened === undefined) return [];
  return await sealEnvelopes(sealers, opened.identity, opened.binding);
}

function byIndex<Entry extends { readonly index: number }>(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((a, b) => a.index - b.index);
}
