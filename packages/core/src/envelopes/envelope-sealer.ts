import type { Secret } from '@holdfast/age';
import type { ManifestFactor } from '../backup-file/manifest.ts';
import type { FactorToOpen } from '../backup-file/readme-way.ts';

/** An envelope whose factors are at hand: everything was asked, nothing was sealed yet. */
export interface EnvelopeSealer extends Disposable {
  readonly index: number;
  /** What README.txt tells of them, before anything is sealed. */
  readonly factors: readonly FactorToOpen[];
  /** `text` stays the caller's; `backup` is the id that it belongs to. To be called once. */
  seal(text: Secret, backup: string): Promise<SealedFactors>;
}

export interface SealedFactors {
  /** As the manifest has them. */
  readonly factors: readonly ManifestFactor[];
  /** By path, in the order of the manifest. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}
