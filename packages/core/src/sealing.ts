import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { generateIdentity, type FileInput, type X25519Identity } from '@holdfast/age';
import type { BackupFacts } from '@holdfast/catalog';
import { mediaError } from '@holdfast/media/durable';
import { createdText, FORMAT, SEGMENT_SIZE, type Waiver } from './backup-file/manifest.ts';
import { assertManifestText } from './backup-file/manifest-text.ts';
import type { EnvelopeSealer } from './envelopes/envelope-sealer.ts';
import { openEnvelopeSealers, type SealingRules } from './envelopes/sealer.ts';
import { resolveEnvelopes } from './envelopes/resolve.ts';
import { sealEnvelopes } from './envelopes/seal.ts';
import { holdersOfResolved, waiversFor } from './envelopes/single-point.ts';
import { coreError } from './errors.ts';
import { numbersInWords } from './quorum/quorum-sealer.ts';
import type { Signer } from './instance/signing-key.ts';
import { rulesUnder, waiversUnder } from './policy/assert-policy.ts';
import type { Policy } from './policy/policy.ts';
import { digestTar } from './live/tar-digest.ts';
import { withSecondReader } from './live/second-reader.ts';
import { isAgeFailure, openPayload, sealPayload, type Region } from './payload.ts';
import type { OpenSource, SecretSource } from './ports.ts';
import { factsOfMade } from './record/facts.ts';
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
  /** What the envelopes have to keep to; recorded as the policy of the secret. */
  readonly policy?: Policy | undefined;
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

/** What lies in the file, for whoever asked and for the catalog. */
export interface Sealed {
  readonly report: SealedReport;
  readonly facts: BackupFacts;
  /** Whether the medium itself was read back. */
  readonly direct: boolean;
}

/** A secret that is open to be sealed, with all that was asked for. */
export interface Sealing extends AsyncDisposable {
  readonly source: OpenSource;
  /** Id of the backup. */
  readonly id: string;
  /** What the secret is called here, even where the backup does not tell. */
  readonly name: string;
  /** Name of the policy that it was made under. */
  readonly policy: string | null;
  /** When the backup says that it was made. */
  readonly created: string;
  /**
   * Seals it into an empty file, syncs that and reads it back. To be called once.
   *
   * @throws SOURCE_CHANGED, READ_BACK_MISMATCH, CANCELLED, and the errors of the file system as they are
   */
  write(file: BlankFile): Promise<Sealed>;
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
  const rules = rulesUnder(request);
  const { envelopes, warnings: toMind } = await resolveEnvelopes(wanted, run, rules);
  const warnings = [...toMind, ...numbersInWords(envelopes, request)];
  const allowed = rules.allowSinglePointOfFailure;
  const waivers = waiversUnder(request, envelopes, {
    waived: waiversFor({ envelopes: envelopes.map(holdersOfResolved), allowed }),
  });
  await using resources = new AsyncDisposableStack();
  const sealers = resources.use(await openEnvelopeSealers(envelopes, run, request));
  const signingKey = await run.instance.signer();
  const { signal } = run;
  const source = resources.use(await request.source.open(signal ? { signal } : {}));
  const held = resources.move();
  return {
    source,
    id: head.id,
    name: request.name ?? request.source.name,
    policy: request.policy?.name ?? null,
    created: head.created,
    async write(file) {
      const identity = generateIdentity();
      const { kind } = request.source;
      // Of several files, times do not count; of one, its bytes are digested when they are read back.
      const shared = kind === 'tar' ? withSecondReader(streamOf(source.content), digestTar) : null;
      let payloadSize = 0;
      let digest = '';
      const { manifest, manifestBytes, size, direct } = await writeBackup(file, {
        head: { ...head, waivers },
        envelopes: sealers.all,
        signingKey,
        writePayload: async (region) => {
          const content = shared?.content ?? source.content;
          const sealed = await seal(
            request.source.name,
            { source, content },
            region,
            identity,
            run,
          );
          payloadSize = sealed.plaintextSize;
          return sealed.size;
        },
        provePayload: async (payload) => {
          const proven = await prove(head.id, payload, identity, sealers.all, run);
          digest = (await shared?.result) ?? proven.plaintextDigest;
          return proven.tail;
        },
      });
      const { signer } = signingKey;
      const report = {
        id: head.id,
        secret: head.secret,
        payloadSize,
        size,
        envelopes: summarizeEnvelopes(manifest.envelopes),
        signer,
        waivers: manifest.waivers,
        warnings,
      };
      const made = { size, signer: signer.fingerprint, mark: signingKey.mark(kind, digest) };
      return { report, direct, facts: factsOfMade(manifest, manifestBytes, made) };
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
  { source, content }: { readonly source: OpenSource; readonly content: OpenSource['content'] },
  region: Region,
  identity: X25519Identity,
  run: Run,
): Promise<{ size: number; plaintextSize: number }> {
  const progress = following(run, 'sealing', source.size);
  const recipient = identity.recipient();
  const sealed = await readingFrom(
    name,
    async () => await sealPayload(content, region, recipient, progress),
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
): Promise<{ readonly tail: BackupTail; readonly plaintextDigest: string }> {
  const progress = following(run, 'reading back', payload.size);
  const found = await openPayload(payload, null, identity, progress).catch((cause: unknown) => {
    if (!isAgeFailure(cause)) throw cause;
    throw mediaError('READ_BACK_MISMATCH', 'the payload does not read back as it was written', {
      cause,
    });
  });
  const binding = { backup, payload: found.digest, plaintext: found.plaintextDigest };
  const sealed = await sealEnvelopes(sealers, identity, binding);
  const tail: BackupTail = {
    payload: {
      size: payload.size,
      segmentSize: SEGMENT_SIZE,
      sha256: found.segments,
      digest: found.digest,
    },
    envelopes: sealed.map(({ entry }) => entry),
    files: new Map(sealed.flatMap(({ files }) => [...files])),
  };
  return { tail, plaintextDigest: found.plaintextDigest };
}

function streamOf(content: OpenSource['content']): AsyncIterable<Uint8Array> {
  if ('fd' in content) throw coreError('INTERNAL', 'a tar of several files is made as it is read');
  return content;
}
