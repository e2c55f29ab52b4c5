import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { generateIdentity, type FileInput, type X25519Identity } from '@holdfast/age';
import { mediaError } from '@holdfast/media/durable';
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
import { writeBackup, type BackupTail, type BlankFile, type ManifestHead } from './write-backup.ts';
import { readingFrom } from './io-failure.ts';

/** What is to be sealed, for whom, and under which rules. */
export interface SealingRequest extends SealingRules {
  readonly source: SecretSource;
  /** Envelope expressions; any one of them opens the backup. */
  readonly envelopes: readonly string[];
  /** What to call the secret; the source's own name without it. */
  readonly name?: string | undefined;
}

/** What was sealed. */
export interface SealedReport {
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
}

/** A secret that is open to be sealed, with all that was asked for. */
export interface Sealing extends AsyncDisposable {
  readonly source: OpenSource;
  /** When the backup says that it was made. */
  readonly created: string;
  /**
   * Seals it into an empty file, syncs that and reads it back. To be called once.
   *
   * @throws SOURCE_CHANGED, READ_BACK_MISMATCH, CANCELLED, and the errors of the file system as they are
   */
  write(file: BlankFile): Promise<SealedReport & { readonly direct: boolean }>;
}

/**
 * Checks what can be checked, asks for what every envelope needs, and opens the source.
 *
 * @throws every code of sources, passwords and envelopes
 */
export async function openSealing(request: SealingRequest, run: Run): Promise<Sealing> {
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
  await using resources = new AsyncDisposableStack();
  const sealers = resources.use(await openEnvelopeSealers(envelopes, run, request));
  const signingKey = await run.instance.signer();
  const { signal } = run;
  const source = resources.use(await request.source.open(signal ? { signal } : {}));
  const held = resources.move();
  return {
    source,
    created: head.created,
    async write(file) {
      const identity = generateIdentity();
      let payloadSize = 0;
      const { manifest, size, direct } = await writeBackup(file, {
        head: { ...head, waivers },
        envelopes: sealers.all,
        signingKey,
        writePayload: async (region) => {
          const sealed = await seal(request.source.name, source, region, identity, run);
          payloadSize = sealed.plaintextSize;
          return sealed.size;
        },
        provePayload: async (payload) => await prove(head.id, payload, identity, sealers.all, run),
      });
      return {
        id: head.id,
        secret: head.secret,
        payloadSize,
        size,
        direct,
        envelopes: summarizeEnvelopes(manifest.envelopes),
        signer: signingKey.signer,
        waivers: manifest.waivers,
        warnings,
      };
    },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

function manifestHead({
  source,
  name,
  discreet = false,
  hint,
}: SealingRequest): Omit<ManifestHead, 'waivers'> {
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
  payload: Required<FileInput>,
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
