import {
  isPlain,
  quorumOf,
  type Manifest,
  type ManifestEnvelope,
} from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import type { WantedEnvelope } from './resolve.ts';

/** How the envelopes of a backup are to change. */
export interface WantedChange {
  /** Envelope expressions to add. */
  readonly add?: readonly string[] | undefined;
  /** Indexes of envelopes to leave out. */
  readonly remove?: readonly number[] | undefined;
  /** One envelope to seal anew, in the same place, for what this expression asks for. */
  readonly replace?: { readonly index: number; readonly expression: string } | undefined;
  /** Seal the envelope that the given password opens for a new password. */
  readonly replacePassword?: boolean | undefined;
}

/** What stays, and what is to be sealed. */
export interface EnvelopePlan {
  readonly kept: readonly ManifestEnvelope[];
  readonly fresh: readonly WantedEnvelope[];
}

/**
 * Says which envelopes a change keeps. `opened` is the one that a password opened, when that is to be replaced.
 *
 * @throws ENVELOPE_LAST
 */
export function planEnvelopes(
  manifest: Manifest,
  { add = [], remove = [], replace, replacePassword }: WantedChange,
  opened: { readonly index: number } | undefined,
): EnvelopePlan {
  const replaced = replacePassword
    ? manifest.envelopes.filter(isPlain).find(({ index }) => index === opened?.index)
    : undefined;
  const former = manifest.envelopes.find(({ index }) => index === replace?.index);
  const gone = [
    ...remove,
    ...(replaced ? [replaced.index] : []),
    ...(former ? [former.index] : []),
  ];
  const kept = manifest.envelopes.filter(({ index }) => !gone.includes(index));
  const last = Math.max(...manifest.envelopes.map(({ index }) => index));
  const fresh = [
    ...(replaced ? [{ index: replaced.index, again: replaced.factors }] : []),
    ...(replace && former ? [{ ...replace, predecessors: setsOf(former) }] : []),
    ...add.map((expression, place) => ({ index: last + 1 + place, expression })),
  ];
  if (kept.length + fresh.length === 0) {
    throw coreError('ENVELOPE_LAST', 'this would leave the backup without an envelope');
  }
  return { kept, fresh };
}

/** Sets of shares that were given out for an envelope, the newest first. */
function setsOf(envelope: ManifestEnvelope): readonly string[] {
  const quorum = quorumOf(envelope);
  return quorum === null ? [] : [quorum.set, ...quorum.predecessors];
}

/** Indexes of the envelopes that will not be there as they are. */
export function takenAway({ remove = [], replace }: WantedChange): readonly number[] {
  return replace === undefined ? remove : [...remove, replace.index];
}

/** @throws ENVELOPE_NOT_FOUND */
export function assertPresent(manifest: Manifest, indexes: readonly number[]): void {
  for (const wanted of indexes) {
    if (!manifest.envelopes.some(({ index }) => index === wanted)) {
      throw coreError('ENVELOPE_NOT_FOUND', `this backup has no envelope ${String(wanted)}`);
    }
  }
}
