import type { Manifest } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import type { EnvelopeContent } from './binding.ts';

/** An envelope that opened, and whose binding agreed with the manifest. */
export interface OpenedEnvelope extends EnvelopeContent {
  readonly index: number;
  /** Whose shares opened it; empty without a quorum. */
  readonly custodians: readonly string[];
}

/**
 * Requires that an envelope was made for this backup, this payload and this place.
 *
 * @throws PARTS_MISMATCH
 */
export function assertBinding({ index, binding }: OpenedEnvelope, manifest: Manifest): void {
  const part = `envelope ${String(index)}`;
  if (binding.backup !== manifest.id) {
    throw coreError('PARTS_MISMATCH', `${part} belongs to another backup`);
  }
  if (binding.envelope !== index) {
    throw coreError('PARTS_MISMATCH', `${part} was made for another place in this backup`);
  }
  if (binding.payload !== manifest.payload.digest) {
    throw coreError('PARTS_MISMATCH', `${part} was made for another payload`);
  }
}

/**
 * Requires that envelopes hold the same identity, for the same plaintext.
 *
 * @throws PARTS_MISMATCH
 */
export function assertAgreement([first, ...others]: readonly OpenedEnvelope[]): void {
  for (const other of others) {
    const same =
      other.binding.plaintext === first?.binding.plaintext &&
      String(other.identity.recipient()) === String(first.identity.recipient());
    if (!same) {
      const which = `${String(first?.index)} and ${String(other.index)}`;
      throw coreError('PARTS_MISMATCH', `envelopes ${which} hold different identities`);
    }
  }
}
