import { digestFile, type PayloadOptions } from '@holdfast/age';
import type { Manifest } from './backup-file/manifest.ts';
import type { OpenedEnvelope } from './envelopes/agreement.ts';
import { coreError } from './errors.ts';
import type { OpenBackup } from './open-backup.ts';
import { hex, isAgeFailure, openPayload, type Region } from './payload.ts';

/**
 * Reads a payload without opening it and compares it with the manifest.
 *
 * @throws BACKUP_DAMAGED naming the segment
 */
export async function checkPayload(
  manifest: Manifest,
  payload: OpenBackup['payload'],
  options: PayloadOptions,
): Promise<void> {
  const { segments } = await digestFile(payload, options);
  assertSegments(manifest, segments.map(hex));
}

/**
 * Decrypts a payload, and compares it with the manifest and with the envelope that opened it. Resolves
 * to the size of the plaintext, which is not to be trusted before.
 *
 * @throws BACKUP_DAMAGED naming the segment, PARTS_MISMATCH
 */
export async function openAgreedPayload(
  { file, payload }: Pick<OpenBackup, 'file' | 'payload'>,
  { identity, binding }: OpenedEnvelope,
  output: Region | null,
  options: PayloadOptions,
): Promise<number> {
  const found = await openPayload(payload, output, identity, options).catch(
    async (cause: unknown) => {
      if (!isAgeFailure(cause)) throw cause;
      // Either the bytes are not those of the manifest, or the manifest joined parts of two backups.
      await checkPayload(file.manifest, payload, options);
      throw coreError('PARTS_MISMATCH', 'secret.age was not made for this envelope', { cause });
    },
  );
  assertSegments(file.manifest, found.segments);
  if (found.plaintextDigest !== binding.plaintext) {
    throw coreError('PARTS_MISMATCH', 'secret.age does not hold what its envelope says');
  }
  return found.plaintextSize;
}

function assertSegments({ payload }: Manifest, segments: readonly string[]): void {
  const bad = payload.sha256.findIndex((expected, place) => segments[place] !== expected);
  if (bad < 0 && segments.length === payload.sha256.length) return;
  const where = bad < 0 ? '' : ` in segment ${bad + 1} of ${payload.sha256.length}`;
  throw coreError('BACKUP_DAMAGED', `secret.age is not what the manifest says${where}`);
}
