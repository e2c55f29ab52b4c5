import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import {
  COMBINER_PATH,
  MANIFEST_PATH,
  README_PATH,
  SIGNATURE_PATH,
} from '../backup-file/layout.ts';
import { encodeManifest, type Manifest } from '../backup-file/manifest.ts';
import { readBackupFile } from '../backup-file/reader.ts';
import { backupWriter } from '../backup-file/writer.ts';
import type { SigningKey } from '../instance/signing-key.ts';

/** The parts of a backup, loose: what an attacker puts together anew. */
export interface Parts {
  manifest: Manifest;
  readme: Uint8Array;
  combiner?: Uint8Array | null;
  payload: Uint8Array;
  envelopes: Map<string, Uint8Array>;
}

export async function takeApart(path: string): Promise<Parts> {
  await using handle = await open(path);
  const { manifest, readme, combiner, payload, envelopes } = await readBackupFile(handle);
  const bytes = await readFile(path);
  return {
    manifest,
    readme,
    combiner,
    payload: bytes.subarray(payload.offset, payload.offset + payload.size),
    envelopes: new Map(envelopes),
  };
}

/** Writes a well-formed backup of any parts, with every digest right, signed by whoever likes. */
export async function putTogether(
  path: string,
  parts: Parts,
  signer: SigningKey | null,
): Promise<void> {
  await using handle = await open(path, 'w+');
  const writer = backupWriter(handle.fd, new Date(parts.manifest.created));
  await writer.writePart(README_PATH, parts.readme);
  if (parts.combiner) await writer.writePart(COMBINER_PATH, parts.combiner);
  const offset = writer.beginPayload();
  await handle.write(parts.payload, 0, parts.payload.length, offset);
  await writer.endPayload(parts.payload.length);
  for (const [name, bytes] of parts.envelopes) await writer.writePart(name, bytes);
  const manifest = encodeManifest(withDigests(parts));
  await writer.writePart(MANIFEST_PATH, manifest);
  if (signer !== null) await writer.writePart(SIGNATURE_PATH, signer.sign(manifest));
  await writer.finish();
}

function withDigests({ manifest, readme, combiner, payload, envelopes }: Parts): Manifest {
  const segment = sha256(payload);
  return {
    ...manifest,
    readme: { sha256: sha256(readme) },
    combiner: combiner ? { sha256: sha256(combiner) } : undefined,
    payload: {
      ...manifest.payload,
      size: payload.length,
      sha256: [segment],
      digest: sha256(Buffer.from(segment, 'hex')),
    },
    envelopes: manifest.envelopes.map((entry) => ({
      ...entry,
      files: entry.files.map(({ path }) => ({
        path,
        sha256: sha256(envelopes.get(path) ?? new Uint8Array()),
      })),
    })),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
