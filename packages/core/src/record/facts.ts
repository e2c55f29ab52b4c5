import type { BackupFacts, EnvelopeFacts, FactorFacts, MediumFacts } from '@holdfast/catalog';
import type { ChosenVolume } from '@holdfast/media';
import {
  sha256Hex,
  type Manifest,
  type ManifestEnvelope,
  type ManifestFactor,
  type PlainFactor,
} from '../backup-file/manifest.ts';
import type { OpenBackup } from '../open-backup.ts';

/** What the catalog keeps of a backup that this instance just made. */
export function factsOfMade(
  manifest: Manifest,
  manifestBytes: Uint8Array,
  made: Pick<BackupFacts, 'size' | 'signer' | 'mark'>,
): BackupFacts {
  const { generation, previous, created, host, kind, secret, waivers, payload } = manifest;
  return {
    ...{ generation, previous, created, host, kind, waivers },
    manifest: sha256Hex(manifestBytes),
    payloadDigest: payload.digest,
    trusted: true,
    discreet: secret === null,
    envelopes: manifest.envelopes.map(factsOfEnvelope),
    ...made,
  };
}

/** What the catalog keeps of a backup that was found. */
export function factsOfFound({
  file,
  signature,
}: Pick<OpenBackup, 'file' | 'signature'>): BackupFacts {
  return {
    ...factsOfMade(file.manifest, file.manifestBytes, {
      size: file.size,
      signer: signature.status === 'unsigned' ? null : signature.signer.fingerprint,
      mark: null,
    }),
    trusted: signature.status === 'trusted',
  };
}

function factsOfEnvelope({
  index,
  factors,
}: Pick<ManifestEnvelope, 'index' | 'factors'>): EnvelopeFacts {
  return { index, factors: factors.map(factsOfFactor) };
}

function factsOfFactor(factor: ManifestFactor): FactorFacts {
  if (factor.kind !== 'quorum') return factsOfPlainFactor(factor);
  const { kind, threshold, custodians } = factor;
  return {
    ...{ kind, threshold },
    custodians: custodians.map(({ name, factors }) => ({
      ...{ name, factors: factors.map(factsOfPlainFactor) },
    })),
  };
}

function factsOfPlainFactor(factor: PlainFactor): FactorFacts {
  switch (factor.kind) {
    case 'password':
      return { kind: 'password' };
    case 'recipient':
      return { kind: 'recipient', recipient: factor.recipient };
    case 'token':
      return {
        kind: 'token',
        label: factor.token?.token.label ?? null,
        serial: factor.token?.token.serial ?? null,
        fingerprint: factor.token?.fingerprint ?? null,
        // A manifest does not say it; an enrolment may.
        extractable: null,
      };
  }
}

export function factsOfMedium({ medium, volume }: ChosenVolume): MediumFacts {
  const { serial, vendor, product } = medium;
  const { label, uuid, size } = volume;
  return { label, uuid, serial, vendor, product, size };
}
