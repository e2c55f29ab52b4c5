import { openStagedFile } from '@holdfast/media/durable';
import {
  sha256Hex,
  type Manifest,
  type ManifestEnvelope,
  type Waiver,
} from './backup-file/manifest.ts';
import { assertManifestText } from './backup-file/manifest-text.ts';
import type { OpenedEnvelope } from './envelopes/agreement.ts';
import { isForPassword } from './envelopes/candidate.ts';
import { openEnvelopes } from './envelopes/opener.ts';
import { openEnvelopeSealers, type SealingRules } from './envelopes/sealer.ts';
import { assertHasToken, resolveEnvelopes, type WantedEnvelope } from './envelopes/resolve.ts';
import { holdersOf, holdersOfResolved, waiversFor } from './envelopes/single-point.ts';
import { sealEnvelopes, type SealedEnvelope } from './envelopes/seal.ts';
import { coreError } from './errors.ts';
import type { Signer } from './instance/signing-key.ts';
import { openBackup, type OpenBackup } from './open-backup.ts';
import { checkPayload } from './payload-agreement.ts';
import { copyPayload } from './payload.ts';
import { following, type Run } from './run.ts';
import { summarizeEnvelopes, type EnvelopeSummary } from './summary.ts';
import { writeBackup, type ManifestHead } from './write-backup.ts';
import { readingFrom, writingTo } from './io-failure.ts';

export interface EnvelopeChange extends Omit<SealingRules, 'discreet'> {
  /** Path of the backup, which is replaced by its next generation. */
  readonly path: string;
  /** Envelope expressions to add. */
  readonly add?: readonly string[] | undefined;
  /** Indexes of envelopes to leave out. */
  readonly remove?: readonly number[] | undefined;
  /** Seal the envelope that the given password opens for a new password. */
  readonly replacePassword?: boolean | undefined;
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
 * It keeps nobody out who opened the backup before, or who has an older copy of it.
 *
 * @throws ENVELOPE_NOT_FOUND, ENVELOPE_LAST, SIGNER_NOT_TRUSTED, and what opening and sealing throw
 */
export async function changeEnvelopes(
  request: EnvelopeChange,
  run: Run,
): Promise<EnvelopeChangeReport> {
  const requireSigned = !request.acceptUnknownSigner;
  await using backup = await openBackup(request.path, run.instance, { requireSigned });
  const { manifest, manifestBytes, envelopes: formerFiles } = backup.file;
  assertPresent(manifest, request.remove ?? []);

  const opened = await openForChange(backup, request, run);
  const plan = planEnvelopes(manifest, request, opened);
  const hint = nextHint(manifest, request);
  assertManifestText({ ...manifest, hint });
  if (request.requireToken) plan.kept.forEach(assertHasToken);
  const fresh = await resolveEnvelopes(plan.fresh, run, request);
  const waivers = waiversFor({
    envelopes: [...plan.kept.map(holdersOf), ...fresh.envelopes.map(holdersOfResolved)],
    allowed: request.allowSinglePointOfFailure,
    former: { waivers: manifest.waivers, allKept: (request.remove ?? []).length === 0 },
  });
  using sealers = await openEnvelopeSealers(fresh.envelopes, run, {
    ...request,
    discreet: manifest.secret === null,
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
  return {
    path: staged.path,
    id: manifest.id,
    generation: head.generation,
    hint,
    envelopes: summarizeEnvelopes(written.manifest.envelopes),
    kept: plan.kept.map(({ index }) => index).filter((index) => index !== opened?.index),
    signer: signingKey.signer,
    waivers: written.manifest.waivers,
    warnings: fresh.warnings,
  };
}

/** Opens one envelope when something is to be sealed; taking envelopes away needs no factor. */
async function openForChange(
  { file }: OpenBackup,
  { add = [], replacePassword, token }: EnvelopeChange,
  run: Run,
): Promise<OpenedEnvelope | undefined> {
  if (add.length === 0 && !replacePassword) return undefined;
  if (replacePassword && !file.manifest.envelopes.some(isForPassword)) {
    throw coreError('ENVELOPE_NOT_FOUND', 'no envelope of this backup takes a password');
  }
  const { opened } = await openEnvelopes(file, run, { withPassword: replacePassword, token });
  return opened[0];
}

interface EnvelopePlan {
  readonly kept: readonly ManifestEnvelope[];
  readonly fresh: readonly WantedEnvelope[];
}

function planEnvelopes(
  manifest: Manifest,
  { add = [], remove = [], replacePassword }: EnvelopeChange,
  opened: OpenedEnvelope | undefined,
): EnvelopePlan {
  const replaced = replacePassword
    ? manifest.envelopes.find(({ index }) => index === opened?.index)
    : undefined;
  const gone = [...remove, ...(replaced ? [replaced.index] : [])];
  const kept = manifest.envelopes.filter(({ index }) => !gone.includes(index));
  const last = Math.max(...manifest.envelopes.map(({ index }) => index));
  const fresh = [
    ...(replaced ? [{ index: replaced.index, again: replaced.factors }] : []),
    ...add.map((expression, place) => ({ index: last + 1 + place, expression })),
  ];
  if (kept.length + fresh.length === 0) {
    throw coreError('ENVELOPE_LAST', 'this would leave the backup without an envelope');
  }
  return { kept, fresh };
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

function assertPresent(manifest: Manifest, indexes: readonly number[]): void {
  for (const wanted of indexes) {
    if (!manifest.envelopes.some(({ index }) => index === wanted)) {
      throw coreError('ENVELOPE_NOT_FOUND', `this backup has no envelope ${String(wanted)}`);
    }
  }
}

function byIndex<Entry extends { readonly index: number }>(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((a, b) => a.index - b.index);
}
