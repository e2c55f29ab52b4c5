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
  readonly payload: ManifestPayload;
  readonly envelopes: readonly ManifestEnvelope[];
  /** Rules that whoever made it chose not to keep. */
  readonly waivers: readonly Waiver[];
}

/** `single-point-of-failure`: with the loss of one token, nobody can open the backup any more. */
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
  /** All of them are needed; the outermost first. */
  readonly factors: readonly ManifestFactor[];
  readonly files: readonly ManifestFile[];
}

export type ManifestFactor =
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

export interface ManifestFile {
  readonly path: string;
  readonly sha256: string;
}

export const FORMAT = 'holdfast-backup/1';

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
