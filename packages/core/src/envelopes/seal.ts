import type { X25519Identity } from '@holdfast/age';
import { envelopePath } from '../backup-file/layout.ts';
import { sha256Hex, type ManifestEnvelope } from '../backup-file/manifest.ts';
import { openEnvelopeText, type Binding } from './binding.ts';
import type { EnvelopeSealer } from './sealer.ts';

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
      const path = envelopePath(sealer.index);
      const file = await sealer.seal(text);
      const { index, factors } = sealer;
      return {
        entry: { index, factors, files: [{ path, sha256: sha256Hex(file) }] },
        files: new Map([[path, file]]),
      };
    }),
  );
}
