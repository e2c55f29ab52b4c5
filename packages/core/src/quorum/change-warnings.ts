import type { Manifest } from '../backup-file/manifest.ts';
import { quorumsOf, type QuorumEnvelope } from './judge.ts';

/**
 * What must be said when the quorums of a backup change: the payload stays, and so does the identity that was split.
 */
export function quorumWarnings(former: Manifest, now: Manifest): readonly string[] {
  const before = quorumsOf(former.envelopes);
  const after = quorumsOf(now.envelopes);
  const gone = before.filter((one) => !isAmong(one, after));
  const fresh = after.filter((one) => !isAmong(one, before));
  if (gone.length === 0 && fresh.length === 0) return [];
  return [
    ...gone.map(
      ({ entry, quorum }) =>
        `whoever has ${String(quorum.threshold)} of the former shares of envelope ${String(entry.index)} can still open this backup, and every older copy`,
    ),
    ...(gone.length === 0 ? ['older copies of this backup open without the new quorum'] : []),
    'after a compromise, only a new secret helps: change it where it lives, and back that up',
  ];
}

function isAmong({ quorum }: QuorumEnvelope, others: readonly QuorumEnvelope[]): boolean {
  return others.some((other) => other.quorum.set === quorum.set);
}
