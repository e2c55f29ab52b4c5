import { createHash } from 'node:crypto';
import type { KeyDetails } from '@holdfast/token';
import type { PayloadKind } from '../ports.ts';
import type { SEGMENT_SIZE } from './segments.ts';

export { SEGMENT_SIZE } from './segments.ts';

/** The content of backup.json: what the other parts are. It is signed, and readable by anyone. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly id: string;
  /** 1 at first; one more at every change of the envelopes. */
  readonly generation: number;
  /** SHA-256 of the predecessor's backup.json. */
  readonly previous: string | null;
  readonly secret: string | null;
  /** UTC, whole seconds; also the time of every tar entry. */
  readonly created: string;
  readonly host: string | null;
  readonly holdfast: string | null;
  readonly hint: string | null;
  readonly kind: PayloadKind;
  readonly readme: { readonly sha256: string };
  /** Of combine.py, which only a backup with a quorum carries. */
  readonly combiner?: { readonly sha256: string } | undefined;
  readonly payload: ManifestPayload;
  readonly envelopes: readonly ManifestEnvelope[];
  /** Rules that whoever made it chose not to keep. */
  readonly waivers: readonly Waiver[];
}

/** `single-point-of-failure`: with the loss of one token or custodian, nobody can open the backup any more. */
export type Waiver = 'single-point-of-failure';

export interface ManifestPayload {
  /** Bytes of secret.age. */
  readonly size: number;
  readonly segmentSize: typeof SEGMENT_SIZE;
  /** Of each segment of secret.age. */
  readonly sha256: readonly string[];
  /** SHA-256 over the concatenated segment digests. */
  readonly digest: string;
}

export interface ManifestEnvelope {
  readonly index: number;
  /** All of them are needed; the outermost first. A quorum stands alone. */
  readonly factors: readonly ManifestFactor[];
  /** One; of a quorum one for each custodian, in their order. */
  readonly files: readonly ManifestFile[];
}

export type ManifestFactor = PlainFactor | ManifestQuorum;

/** What one person opens an age file with. */
export type PlainFactor =
  | { readonly kind: 'password' }
  /** `recipient` is `null` in a discreet backup. */
  | { readonly kind: 'recipient'; readonly recipient: string | null }
  | ManifestToken;

/** A key on a token. Both are `null` in a discreet backup. */
export interface ManifestToken {
  readonly kind: 'token';
  readonly token: KeyDetails | null;
  /** The identity line that `age -d -i` takes, for age-plugin-holdfast. It names the key and is not secret. */
  readonly identity: string | null;
}

/** Any `threshold` of the custodians open the envelope, with a share each. */
export interface ManifestQuorum {
  readonly kind: 'quorum';
  readonly threshold: number;
  /** Of these shares, in hex: those of one split, and no others, fit together. */
  readonly set: string;
  /** Sets that this one took the place of, the newest first. */
  readonly predecessors: readonly string[];
  /** By name. */
  readonly custodians: readonly ManifestCustodian[];
}

export interface ManifestCustodian {
  /** As in the path of the share; a number in a discreet backup. */
  readonly name: string;
  /** At which the polynomial was taken; 1 to 255. */
  readonly index: number;
  /** What the share is opened with: all of them; the outermost first. */
  readonly factors: readonly PlainFactor[];
  /** Digest that the share has to have, see quorum/commitment.ts. */
  readonly commitment: string;
}

export interface ManifestFile {
  readonly path: string;
  readonly sha256: string;
}

export const FORMAT = 'holdfast-backup/1';

/** How many former sets a quorum remembers. */
export const MAX_PREDECESSORS = 255;

/** An envelope that no quorum opens. */
export interface PlainEnvelope extends ManifestEnvelope {
  readonly factors: readonly PlainFactor[];
}

/** The quorum that opens an envelope, if one does. */
export function quorumOf<Factor extends { readonly kind: string }>({
  factors,
}: {
  readonly factors: readonly Factor[];
}): Extract<Factor, { kind: 'quorum' }> | null {
  const isQuorum = (factor: Factor): factor is Extract<Factor, { kind: 'quorum' }> =>
    factor.kind === 'quorum';
  return factors.find(isQuorum) ?? null;
}

export function hasQuorum({
  factors,
}: {
  readonly factors: readonly { readonly kind: string }[];
}): boolean {
  return factors.some(({ kind }) => kind === 'quorum');
}

export function isPlain(envelope: ManifestEnvelope): envelope is PlainEnvelope {
  return !hasQuorum(envelope);
}

/** The one byte form of a manifest: JSON, two spaces, this order, a final newline. */
export function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const ordered = {
    format: manifest.format,
    id: manifest.id,
    generation: manifest.generation,
    previous: manifest.previous,
    secret: manifest.secret,
    created: manifest.created,
    host: manifest.host,
    holdfast: manifest.holdfast,
    hint: manifest.hint,
    kind: manifest.kind,
    readme: { sha256: manifest.readme.sha256 },
    ...(manifest.combiner && { combiner: { sha256: manifest.combiner.sha256 } }),
    payload: {
      size: manifest.payload.size,
      segmentSize: manifest.payload.segmentSize,
      sha256: manifest.payload.sha256,
      digest: manifest.payload.digest,
    },
    envelopes: manifest.envelopes.map(({ index, factors, files }) => ({
      index,
      factors: factors.map(orderedFactor),
      files: files.map(({ path, sha256 }) => ({ path, sha256 })),
    })),
    waivers: manifest.waivers,
  };
  return new TextEncoder().encode(`${JSON.stringify(ordered, null, 2)}\n`);
}

/** A moment as `Manifest.created` has it: cut to whole seconds. */
export function createdText(moment: Date): string {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function orderedFactor(factor: ManifestFactor): ManifestFactor {
  if (factor.kind !== 'quorum') return orderedPlainFactor(factor);
  const { kind, threshold, set, predecessors, custodians } = factor;
  return {
    ...{ kind, threshold, set, predecessors },
    custodians: custodians.map(({ name, index, factors, commitment }) => ({
      ...{ name, index, factors: factors.map(orderedPlainFactor), commitment },
    })),
  };
}

function orderedPlainFactor(factor: PlainFactor): PlainFactor {
  switch (factor.kind) {
    case 'password':
      return { kind: factor.kind };
    case 'recipient':
      return { kind: factor.kind, recipient: factor.recipient };
    case 'token':
      return {
        kind: factor.kind,
        token: factor.token && orderedDetails(factor.token),
        identity: factor.identity,
      };
  }
}

function orderedDetails({ token, label, id, algorithm, fingerprint }: KeyDetails): KeyDetails {
  return {
    token: { label: token.label, serial: token.serial },
    label,
    id,
    algorithm,
    fingerprint,
  };
}
