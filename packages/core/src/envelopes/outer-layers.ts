import type { Identity } from '@holdfast/age';
import type { ManifestToken, PlainEnvelope } from '../backup-file/manifest.ts';
import type { BackupFile } from '../backup-file/reader.ts';
import { openLayer, outermostFirst } from './layers.ts';

export interface OuterKeys {
  /** Those that were given, for layers of recipients. */
  readonly identities: readonly Identity[];
  /** What opens the layer of a token. */
  readonly ofToken?: (factor: ManifestToken) => Identity;
  /** Keeps what was taken out of the layers, until it is wiped. */
  readonly held: DisposableStack;
  readonly signal: AbortSignal | undefined;
}

/**
 * Takes off every layer but that of a password. Resolves to the kind of factor that nothing at hand is for,
 * when there is one.
 */
export async function openOuterLayers(
  { envelopes }: Pick<BackupFile, 'envelopes'>,
  { files, factors }: PlainEnvelope,
  { identities, ofToken, held, signal }: OuterKeys,
): Promise<{ readonly file: Uint8Array } | { readonly missing: 'token' | 'recipient' }> {
  let file = envelopes.get(files[0]?.path ?? '') ?? new Uint8Array();
  for (const factor of outermostFirst(factors)) {
    if (factor.kind === 'password') break;
    const keys = factor.kind === 'recipient' ? identities : ofToken ? [ofToken(factor)] : [];
    const layer = held.use(await openLayer(file, keys, signal ? { signal } : {}));
    if (layer === null) return { missing: factor.kind };
    file = layer.bytes;
  }
  return { file };
}
