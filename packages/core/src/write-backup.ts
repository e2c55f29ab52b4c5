import { fsync } from 'node:fs';
import { promisify } from 'node:util';
import type { FileInput } from '@holdfast/age';
import { openPastCache } from '@holdfast/media';
import { isSystemError, mediaError } from '@holdfast/media/durable';
import {
  encodeManifest,
  hasQuorum,
  sha256Hex,
  type Manifest,
  type ManifestEnvelope,
} from './backup-file/manifest.ts';
import { COMBINER_PATH, MANIFEST_PATH, README_PATH, SIGNATURE_PATH } from './backup-file/layout.ts';
import { readBackupFile, type OpenFile } from './backup-file/reader.ts';
import { renderReadme } from './backup-file/readme.ts';
import type { EnvelopeToOpen } from './backup-file/readme-way.ts';
import { backupWriter } from './backup-file/writer.ts';
import { coreError } from './errors.ts';
import type { SigningKey } from './instance/signing-key.ts';
import type { Region } from './payload.ts';
import { COMBINER } from './quorum/combiner.ts';

const sync = promisify(fsync);

/** What is known of a backup before its payload is written. */
export type ManifestHead = Omit<Manifest, 'readme' | 'combiner' | 'payload' | 'envelopes'>;

/** What becomes known once the payload lies in the file. */
export interface BackupTail {
  readonly payload: Manifest['payload'];
  readonly envelopes: readonly ManifestEnvelope[];
  /** Every envelope file, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface BackupPlan {
  readonly head: ManifestHead;
  /** For README.txt, which stands before the payload. */
  readonly envelopes: readonly EnvelopeToOpen[];
  readonly signingKey: SigningKey;
  /** Writes `secret.age` into the file at this place; resolves to its size. */
  writePayload(region: Region): Promise<number>;
  /** Reads the payload back from the synced file, and seals the envelopes for what it found there. */
  provePayload(payload: Required<FileInput>): Promise<BackupTail>;
}

/** The empty file that a backup is written into. */
export interface BlankFile {
  readonly fd: number;
  /** Its name for now, to open it once more for reading it back past the cache; `null`: it has none. */
  readonly path: string | null;
}

export interface WrittenBackup {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  /** Bytes of the file. */
  readonly size: number;
  /** Whether the medium itself was read back. */
  readonly direct: boolean;
}

/**
 * Writes a whole backup into an empty file, syncs it, and reads it again as a stranger would.
 *
 * @throws READ_BACK_MISMATCH when the file does not hold what was written; errors of the file system as they are
 */
export async function writeBackup(
  { fd, path }: BlankFile,
  plan: BackupPlan,
): Promise<WrittenBackup> {
  const { head, signingKey } = plan;
  const writer = backupWriter(fd, new Date(head.created));
  const readme = renderReadme({ ...head, envelopes: plan.envelopes, signed: true });
  await writer.writePart(README_PATH, readme);
  const combiner = plan.envelopes.some(hasQuorum) ? new TextEncoder().encode(COMBINER) : null;
  if (combiner !== null) await writer.writePart(COMBINER_PATH, combiner);

  const offset = writer.beginPayload();
  const payloadSize = await plan.writePayload({ fd, offset });
  await writer.endPayload(payloadSize);
  await sync(fd);
  await using opened = path === null ? null : await openPastCache(path);
  const written = opened ?? { fd, direct: false };
  const region = { fd: written.fd, direct: written.direct, offset, size: payloadSize };
  const { payload, envelopes, files } = await plan.provePayload(region);

  for (const { path } of envelopes.flatMap((envelope) => envelope.files)) {
    const bytes = files.get(path);
    if (bytes === undefined) throw coreError('INTERNAL', `${path} was not sealed`);
    await writer.writePart(path, bytes);
  }
  const manifest = {
    ...head,
    readme: { sha256: sha256Hex(readme) },
    // Said also when there is none: the head may come from a backup that had one.
    combiner: combiner === null ? undefined : { sha256: sha256Hex(combiner) },
    payload,
    envelopes,
  };
  const manifestBytes = encodeManifest(manifest);
  const signature = signingKey.sign(manifestBytes);
  await writer.writePart(MANIFEST_PATH, manifestBytes);
  await writer.writePart(SIGNATURE_PATH, signature);
  const size = await writer.finish();
  await sync(fd);

  await proveParts(written, manifestBytes, signature);
  return { manifest, manifestBytes, size, direct: written.direct };
}

/** The manifest covers README.txt and the envelopes, and reading checks them against it. */
async function proveParts(
  file: OpenFile,
  manifest: Uint8Array,
  signature: Uint8Array,
): Promise<void> {
  const mismatch = 'the file does not read back as it was written';
  try {
    const found = await readBackupFile(file);
    const same =
      Buffer.compare(found.manifestBytes, manifest) === 0 &&
      Buffer.compare(found.signature ?? new Uint8Array(), signature) === 0;
    if (same) return;
  } catch (cause) {
    if (cause instanceof Error && isSystemError(cause.cause)) throw cause.cause;
    throw mediaError('READ_BACK_MISMATCH', mismatch, { cause });
  }
  throw mediaError('READ_BACK_MISMATCH', mismatch);
}
