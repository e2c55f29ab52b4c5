import type { CatalogEvent } from '@holdfast/catalog';
import type { ManifestCustodian } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import { openBackup, type OpenBackup } from '../open-backup.ts';
import { recordingFailure } from '../record/job.ts';
import type { Run } from '../run.ts';
import { quorumsOf, type QuorumEnvelope } from './judge.ts';
import { openCustodiansShare } from './open-share.ts';
import type { Share } from './share.ts';

/** Which share, and of what backup. */
export interface ShareRequest {
  /** Path of the backup. */
  readonly from: string;
  /** Name of the custodian. */
  readonly as: string;
  /** Which envelope, where the custodian has a share of several. */
  readonly envelope?: number | undefined;
  readonly requireSigned?: boolean | undefined;
  /** The alias or URI of the token to open it with; any that fits, without it. */
  readonly token?: string | undefined;
}

export interface ShareReport {
  readonly path: string;
  /** Of the backup. */
  readonly id: string;
  readonly secret: string | null;
  readonly generation: number;
  readonly custodian: string;
  readonly envelope: number;
  /** Of the shares that fit together. */
  readonly set: string;
  readonly threshold: number;
  readonly shares: number;
}

/**
 * Opens the one share that a custodian has, judges it, and lets `work` have it until it is wiped. Nothing is put
 * together. What comes of it is recorded, failures included.
 *
 * @throws CUSTODIAN_UNKNOWN, ENVELOPE_NOT_FOUND, USAGE when there are several to choose from, WRONG_PASSWORD,
 * FACTOR_MISSING, SHARE_INVALID, what opening the backup throws and what a token ends with
 */
export async function withCustodiansShare<Result>(
  action: 'custodian.check' | 'custodian.contribute',
  request: ShareRequest,
  run: Run,
  work: (share: Share) => Result | Promise<Result>,
): Promise<{ readonly report: ShareReport; readonly result: Result }> {
  const { from, requireSigned, token } = request;
  await using backup = await openBackup(from, run.instance, { requireSigned, pastCache: true });
  const { place, custodian } = find(backup, request);
  const report = reportOf(from, backup, place, custodian);
  const event = (outcome: string): CatalogEvent => ({
    ...{ action, outcome, backup: report.id, custodian: custodian.name },
    ...(report.secret !== null && { secret: report.secret }),
    detail: { envelope: report.envelope, set: report.set },
  });
  const { factors, tokens, signal } = run;
  const result = await recordingFailure(run, event, async () => {
    using share = await openCustodiansShare(backup.file, place, custodian, {
      ...{ factors, token, signal },
      identities: await factors.identities(),
      tokens: tokens === undefined ? null : async () => await tokens.open(),
    });
    return await work(share);
  });
  await run.recorder?.record([event('ok')]);
  return { report, result };
}

function find(
  { file }: OpenBackup,
  { as: name, envelope }: ShareRequest,
): { readonly place: QuorumEnvelope; readonly custodian: ManifestCustodian } {
  const quorums = quorumsOf(file.manifest.envelopes);
  const chosen = quorums.filter(({ entry }) => envelope === undefined || entry.index === envelope);
  if (chosen.length === 0) {
    const which = envelope === undefined ? 'no envelope' : `no envelope ${String(envelope)}`;
    throw coreError('ENVELOPE_NOT_FOUND', `this backup has ${which} that a quorum opens`);
  }
  const found = chosen.flatMap((place) =>
    place.quorum.custodians
      .filter((custodian) => custodian.name === name)
      .map((custodian) => ({ place, custodian })),
  );
  const [first, second] = found;
  if (first === undefined) {
    const names = new Set(chosen.flatMap(({ quorum }) => quorum.custodians.map((one) => one.name)));
    const those = [...names].slice(0, 20).join(', ');
    throw coreError('CUSTODIAN_UNKNOWN', `it has no share of that custodian, but of: ${those}`);
  }
  if (second !== undefined) {
    const which = found.map(({ place }) => String(place.entry.index)).join(' and ');
    throw coreError('USAGE', `${name} has a share of envelopes ${which}: say which`);
  }
  return first;
}

function reportOf(
  path: string,
  { file }: OpenBackup,
  { entry, quorum }: QuorumEnvelope,
  { name }: ManifestCustodian,
): ShareReport {
  const { id, secret, generation } = file.manifest;
  const { set, threshold, custodians } = quorum;
  const of = { custodian: name, envelope: entry.index, set, threshold, shares: custodians.length };
  return { path, id, secret, generation, ...of };
}
