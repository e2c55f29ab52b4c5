import type { CopyRow } from '@holdfast/catalog';
import { dueOf } from '../due.ts';
import { drillsCountFrom } from './drill-rules.ts';
import { whereIs } from './in-words.ts';
import { stateOf, type CopyStatus, type Finding, type SecretStatus } from './report.ts';
import { placesAmong } from '../policy/standing.ts';
import type { SecretView, Surroundings } from './view.ts';

/** One secret as the report tells it. */
export function secretStatus(
  view: SecretView,
  findings: readonly Finding[],
  around: Surroundings,
): SecretStatus {
  const { name, policyName, policy, source, newest, backups, counted, live } = view;
  const copies = view.copies.map((copy) => copyStatus(copy, view, around));
  const counting = copies.filter(({ counts }) => counts);
  const every = policy?.drillEvery ?? null;
  const since = drillsCountFrom(view);
  const own =
    since === null ? null : dueOf({ last: view.drilledAt, since, every }, around.now).dueAt;
  return {
    ...{ name, source, live, copies },
    state: stateOf(findings),
    policy: policyName,
    newest: newest && {
      id: newest.id,
      generation: newest.generation,
      created: newest.created,
      signer: newest.signer,
    },
    backups: { count: new Set(backups.map(({ id }) => id)).size, more: view.moreBackups },
    moreCopies: view.moreCopies,
    copiesCounted: placesAmong(counted),
    copiesWanted: policy?.copies ?? 1,
    verifiedAt: latest(counting.map(({ verifiedAt }) => verifiedAt)),
    drilledAt: view.drilledAt,
    drillDueAt: earliest([own, ...counting.map(({ drillDueAt }) => drillDueAt)]),
  };
}

function copyStatus(copy: CopyRow, view: SecretView, around: Surroundings): CopyStatus {
  const { id, backup, generation, superseded, place, medium, file, madeAt } = copy;
  const { verifyOutcome, drilledAt, drillOutcome } = copy;
  const verifiedAt = copy.verifiedAt ?? (isReadBack(copy) ? madeAt : null);
  const row = medium === null ? undefined : around.media.get(medium);
  const counts = view.counted.includes(copy);
  const every = view.policy?.drillEvery ?? null;
  return {
    ...{ id, backup, generation, counts, superseded, medium, file, madeAt },
    ...{ verifiedAt, verifyOutcome, drilledAt, drillOutcome },
    where: whereIs(copy, around),
    kind: place.kind,
    host: place.kind === 'folder' ? place.host : null,
    location: row?.location ?? null,
    mediumSeenAt: row?.lastSeen ?? null,
    drillDueAt: counts ? dueOf({ last: drilledAt, since: madeAt, every }, around.now).dueAt : null,
  };
}

/** From its medium, not from what the system remembered of it. */
function isReadBack({ proof }: CopyRow): boolean {
  return proof === 'remounted' || proof === 'direct';
}

function latest(times: readonly (string | null)[]): string | null {
  return (
    times
      .filter((time) => time !== null)
      .toSorted()
      .at(-1) ?? null
  );
}

function earliest(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).toSorted()[0] ?? null;
}
