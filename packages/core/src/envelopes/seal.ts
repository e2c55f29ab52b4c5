import type { X25519Identity } from '@holdfast/age';
import { sha256Hex, type ManifestEnvelope } from '../backup-file/manifest.ts';
import { openEnvelopeText, type Binding } from './binding.ts';
import type { EnvelopeSealer } from './envelope-sealer.ts';

/** One envelope as it goes into the file, and what the manifest says of it. */
export interface SealedEnvelope {
  readonly entry: ManifestEnvelope;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Seals the identity for every sealer at once: each password is its own scrypt, on its own core. */
export async function sealEnvelopes(
  sealers: readonly EnvelopeSealer[],
  identity: X25519Identity,
  binding: Omit<Binding, 'envelope'>,
): Promise<SealedEnvelope[]> {
  return await Promise.all(
    sealers.map(async (sealer) => {
      using line = identity.toSecret();
      using text = openEnvelopeText({ ...binding, envelope: sealer.index }, line);
      const { factors, files } = await sealer.seal(text, binding.backup);
      const digests = [...files].map(([path, file]) => ({ path, sha256: sha256Hex(file) }));
      return { entry: { index: sealer.index, factors, files: digests }, files };
    }),
  );
}
