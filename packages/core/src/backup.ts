import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { generateIdentity, type X25519Identity } from '@holdfast/age';
import { assertAnotherFile, openStagedFile, mediaError } from '@holdfast/media/durable';
import { createdText, FORMAT, SEGMENT_SIZE, type Waiver } from './backup-file/manifest.ts';
import { assertManifestText } from './backup-file/manifest-text.ts';
import { openEnvelopeSealers, type EnvelopeSealer, type SealingRules } from './envelopes/sealer.ts';
import { resolveEnvelopes } from './envelopes/resolve.ts';
import { sealEnvelopes } from './envelopes/seal.ts';
import { holdersOfResolved, waiversFor } from './envelopes/single-point.ts';
import { coreError } from './errors.ts';
import type { Signer } from './instance/signing-key.ts';
import { isAgeFailure, openPayload, sealPayload, type Region } from './payload.ts';
import type { OpenSource, SecretSource } from './ports.ts';
import { following, type Run } from './run.ts';
import { summarizeEnvelopes, type EnvelopeSummary } from './summary.ts';
import { VERSION } from './version.ts';
import { writeBackup, type BackupTail, type ManifestHead } from './write-backup.ts';
import { readingFrom, writingTo } from './io-failure.ts';

export interface BackupRequest extends SealingRules {
  readonly source: SecretSource;
  /** Path of the backup file to make. */
  readonly to: string;
  /** Envelope expressions; any one of them opens the backup. */
  readonly envelopes: readonly string[];
  /** What to call the secret; the source's own name without it. */
  readonly name?: string | undefined;
  /** Replace an existing file at `to`. */
  readonly overwrite?: boolean | undefined;
}

export interface BackupReport {
  readonly path: string;
  readonly id: string;
  readonly secret: string | null;
  /** Bytes of the secret. */
  readonly payloadSize: number;
  /** Bytes of the backup file. */
  readonly size: number;
  readonly envelopes: readonly EnvelopeSummary[];
  readonly signer: Signer;
  readonly waivers: readonly Waiver[];
  /** What whoever answers for the backup should know of its tokens, in words. */
  readonly warnings: readonly string[];
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
  const head = manifestHead(request);
  assertManifestText(head);
  if (request.envelopes.length === 0) {
    throw coreError('ENVELOPE_INVALID', 'a backup needs at least one envelope');
  }
  const wanted = request.envelopes.map((expression, place) => ({ index: place + 1, expression }));
  const { envelopes, warnings } = await resolveEnvelopes(wanted, run, request);
  const waivers = waiversFor({
    envelopes: envelopes.map(holdersOfResolved),
    allowed: request.allowSinglePointOfFailure,
  });
  using sealers = await openEnvelopeSealers(envelopes, run, request);
  const signingKey = await run.instance.signer();
  await using source = await request.source.open(signal ? { signal } : {});
  if ('fd' in source.content) await assertAnotherFile(source.content.fd, request.to);
  await using staged = await openStagedFile(request.to, {
    replace: request.overwrite ? 'overwrite' : 'refuse',
    ...(source.size !== null && { expectedSize: source.size }),
    ...(signal && { signal }),
  });

  const identity = generateIdentity();
  let payloadSize = 0;
  const written = await writingTo(
    staged,
    async () =>
      await writeBackup(staged.fd, {
        head: { ...head, waivers },
        envelopes: sealers.all,
        signingKey,
        writePayload: async (region) => {
          const sealed = await seal(request.source.name, source, region, identity, run);
          payloadSize = sealed.plaintextSize;
          return sealed.size;
        },
        provePayload: async (payload) => await prove(head.id, payload, identity, sealers.all, run),
      }),
  );
  await staged.commit();
  return {
    path: staged.path,
    id: head.id,
    secret: head.secret,
    payloadSize,
    size: written.size,
    envelopes: summarizeEnvelopes(written.manifest.envelopes),
    signer: signingKey.signer,
    waivers: written.manifest.waivers,
    warnings,
    seconds: (performance.now() - started) / 1000,
  };
}

function manifestHead({
  source,
  name,
  discreet = false,
  hint,
}: BackupRequest): Omit<ManifestHead, 'waivers'> {
  return {
    format: FORMAT,
    id: randomUUID(),
    generation: 1,
    previous: null,
    secret: discreet ? null : (name ?? source.name),
    created: createdText(new Date()),
    host: discreet ? null : hostname(),
    holdfast: discreet ? null : VERSION,
    hint: discreet || hint === '' ? null : (hint ?? null),
    kind: source.kind,
  };
}

async function seal(
  name: string,
  source: OpenSource,
  region: Region,
  identity: X25519Identity,
  run: Run,
): Promise<{ size: number; plaintextSize: number }> {
  const progress = following(run, 'sealing', source.size);
  const recipient = identity.recipient();
  const sealed = await readingFrom(
    name,
    async () => await sealPayload(source.content, region, recipient, progress),
  );
  await source.finish(sealed.plaintextSize);
  return sealed;
}

async function prove(
  backup: string,
  payload: Region & { readonly size: number },
  identity: X25519Identity,
  sealers: readonly EnvelopeSealer[],
  run: Run,
): Promise<BackupTail> {
  const progress = following(run, 'reading back', payload.size);
  const found = await openPayload(payload, null, identity, progress).catch((cause: unknown) => {
    if (!isAgeFailure(cause)) throw cause;
    throw mediaError('READ_BACK_MISMATCH', 'the payload does not read back as it was written', {
      cause,
    });
  });
  const binding = { backup, payload: found.digest, plaintext: found.plaintextDigest };
  const sealed = await sealEnvelopes(sealers, identity, binding);
  return {
    payload: {
      size: payload.size,
      segmentSize: SEGMENT_SIZE,
      sha256: found.segments,
      digest: found.digest,
    },
    envelopes: sealed.map(({ entry }) => entry),
    files: new Map(sealed.flatMap(({ files }) => [...files])),
  };
}
