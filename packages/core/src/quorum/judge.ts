import { quorumOf } from '../backup-file/manifest.ts';
import type {
  Manifest,
  ManifestCustodian,
  ManifestEnvelope,
  ManifestQuorum,
} from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import { agrees } from './commitment.ts';
import type { Share } from './share.ts';

/** An envelope that a quorum opens. */
export interface QuorumEnvelope {
  readonly entry: ManifestEnvelope;
  readonly quorum: ManifestQuorum;
}

/** Where a share belongs. */
export interface SharePlace extends QuorumEnvelope {
  readonly custodian: ManifestCustodian;
}

export function quorumsOf(entries: readonly ManifestEnvelope[]): readonly QuorumEnvelope[] {
  return entries.flatMap((entry) => {
    const quorum = quorumOf(entry);
    return quorum === null ? [] : [{ entry, quorum }];
  });
}

/**
 * Finds where a share belongs, and requires that it is what was given out there. Nothing is combined for this: the
 * manifest has a commitment to each share.
 *
 * @throws SHARE_FOREIGN, SHARE_OUTDATED, SHARE_INVALID, naming the custodian
 */
export function judgeShare(share: Share, { id, envelopes }: Manifest): SharePlace {
  const whose = `the share of ${share.custodian}`;
  if (share.backup !== id) {
    throw coreError('SHARE_FOREIGN', `${whose} belongs to another backup, ${share.backup}`);
  }
  const quorums = quorumsOf(envelopes);
  const found = quorums.find(({ quorum }) => quorum.set === share.set);
  if (found === undefined) {
    const former = quorums.find(({ quorum }) => quorum.predecessors.includes(share.set));
    const what =
      former === undefined
        ? 'belongs to another generation of this backup'
        : `is of a set that envelope ${String(former.entry.index)} had before`;
    throw coreError('SHARE_OUTDATED', `${whose} ${what}`);
  }
  const { entry, quorum } = found;
  const custodian = quorum.custodians.find(({ index }) => index === share.index);
  const fits =
    custodian?.name === share.custodian &&
    share.envelope === entry.index &&
    share.threshold === quorum.threshold &&
    share.shares === quorum.custodians.length;
  if (custodian === undefined || !fits) {
    throw coreError('SHARE_INVALID', `${whose} does not say of itself what the manifest says`);
  }
  if (!agrees(share, custodian.commitment)) {
    throw coreError('SHARE_INVALID', `${whose} is not the one that was given out`);
  }
  return { ...found, custodian };
}
