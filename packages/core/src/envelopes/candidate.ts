import type { Manifest, ManifestEnvelope, PlainEnvelope } from '../backup-file/manifest.ts';
import { assertBinding, type OpenedEnvelope } from './agreement.ts';
import { parseEnvelopeText } from './binding.ts';

/** An envelope with every layer off but that of its password, if it has one. */
export interface Candidate {
  readonly entry: PlainEnvelope;
  readonly file: Uint8Array;
}

export function isForPassword({ factors }: Pick<ManifestEnvelope, 'factors'>): boolean {
  return factors.some(({ kind }) => kind === 'password');
}

export function isForToken({ factors }: Pick<ManifestEnvelope, 'factors'>): boolean {
  return factors.some(({ kind }) => kind === 'token');
}

/**
 * Reads an envelope whose last layer is off.
 *
 * @throws PARTS_MISMATCH
 */
export function readEnvelope(
  { index }: ManifestEnvelope,
  text: Uint8Array,
  manifest: Manifest,
): OpenedEnvelope {
  const opened = { index, custodians: [], ...parseEnvelopeText(text) };
  assertBinding(opened, manifest);
  return opened;
}
