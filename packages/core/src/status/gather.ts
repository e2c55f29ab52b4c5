import type {
  BackupRow,
  Catalog,
  CopyRow,
  CustodianRow,
  JobRow,
  SecretFacts,
  SecretRow,
} from '@holdfast/catalog';
import { lossesOf, singlePoints } from '../policy/losses.ts';
import type { Policies, Policy } from '../policy/policy.ts';
import { violationsByDesign } from '../policy/violations.ts';
import { ageOf } from '../clock.ts';
import { liveStatus, type Observation } from './live-status.ts';
import { isBad } from '../policy/standing.ts';
import type { CustodianView, SecretView, Surroundings } from './view.ts';

/** How many rows of a kind are looked at for one secret: with a million, it takes as long as with a hundred. */
const MOST = 100;
const DAY = 24 * 60 * 60 * 1000;

/** What a configuration says of a secret. */
export interface WantedSecret {
  readonly policy: string | null;
  readonly source: SecretFacts['source'];
  readonly checkLiveEvery: number | null;
}

/** A secret by all that tell of it: the configuration first, then the catalog, then the store. */
export interface KnownOf {
  readonly name: string;
  readonly wanted: WantedSecret | null;
  readonly row: SecretRow | null;
  readonly source: SecretFacts['source'];
}

export interface Gathering extends Surroundings {
  /** `null`: there is none, or it cannot be read. */
  readonly catalog: Catalog | null;
  readonly policies: Policies;
  readonly custodians: readonly CustodianRow[];
  readonly interrupted: readonly JobRow[];
}

const NEVER: Observation = { observedMark: null, observedAt: null, observedOutcome: null };

/** Everything that is known of one secret. @throws as the catalog does */
export async function gatherSecret(known: KnownOf, from: Gathering): Promise<SecretView> {
  const { name, wanted, row, source } = known;
  const { now, policies, catalog } = from;
  const policyName = wanted?.policy ?? row?.policy ?? null;
  const policy =
    policyName !== null && Object.hasOwn(policies, policyName)
      ? (policies[policyName] ?? null)
      : null;
  const { backups, more: moreBackups } = await backupsOf(name, catalog);
  const newest = newestOf(backups.filter(({ trusted }) => trusted));
  const { copies, more: moreCopies } = await copiesOf(name, newest, catalog);
  const current = copies.filter((copy) => isCurrent(copy, newest, backups));
  return {
    ...{ name, policyName, policy, source, newest, backups, moreBackups },
    ...{ copies, moreCopies, current },
    checkLiveEvery: wanted?.checkLiveEvery ?? null,
    untrusted: untrustedAmong(backups, newest),
    counted: current.filter((copy) => !isBad(copy)),
    drilledAt: await lastDrill(name, catalog, now),
    live: liveStatus(row ?? NEVER, newest, now),
    ...(newest === null ? { singlePoints: [], violations: [] } : byDesign(newest, policy)),
    interrupted: from.interrupted.filter((job) => job.secret === name),
    custodians: newest === null ? [] : custodiansOf(newest, policy, from.custodians),
  };
}

/** The newest ones, and as many more as it takes to find one that is trusted. */
async function backupsOf(
  secret: string,
  catalog: Catalog | null,
): Promise<{ backups: readonly BackupRow[]; more: boolean }> {
  const backups: BackupRow[] = [];
  for (let after: string | undefined; catalog !== null;) {
    const page = await catalog.backups({
      secret,
      limit: MOST,
      ...(after !== undefined && { after }),
    });
    backups.push(...page.rows);
    const found = backups.some(({ trusted }) => trusted);
    if (page.next === null || found) return { backups, more: page.next !== null };
    after = page.next;
  }
  return { backups, more: false };
}

/** By when it was made, as it may have been found later, and by its generation. */
function newestOf(backups: readonly BackupRow[]): BackupRow | null {
  const order = (one: BackupRow, other: BackupRow): number =>
    Date.parse(other.created) - Date.parse(one.created) || other.generation - one.generation;
  return backups.filter(({ superseded }) => !superseded).toSorted(order)[0] ?? null;
}

function untrustedAmong(
  backups: readonly BackupRow[],
  newest: BackupRow | null,
): readonly BackupRow[] {
  const since = newest === null ? -Infinity : Date.parse(newest.created);
  return backups.filter(({ trusted, created }) => !trusted && Date.parse(created) > since);
}

/** The newest ones, and all of the newest backup, whose copies may be older than it in its present generation. */
async function copiesOf(
  secret: string,
  newest: BackupRow | null,
  catalog: Catalog | null,
): Promise<{ copies: readonly CopyRow[]; more: boolean }> {
  if (catalog === null) return { copies: [], more: false };
  const page = await catalog.copies({ secret, present: true, limit: MOST });
  const copies = new Map(page.rows.map((copy) => [copy.id, copy]));
  if (newest !== null && page.next !== null) {
    const own = await catalog.copies({ backup: newest.id, present: true, limit: MOST });
    for (const copy of own.rows) copies.set(copy.id, copy);
  }
  return { copies: [...copies.values()], more: page.next !== null };
}

/** Whether it restores what was backed up last: it is of that backup, or of one of the very same value. */
function isCurrent(
  { backup, generation, superseded }: CopyRow,
  newest: BackupRow | null,
  backups: readonly BackupRow[],
): boolean {
  if (newest === null || superseded) return false;
  if (backup === newest.id) return generation === newest.generation;
  const own = backups.find((it) => it.id === backup && it.generation === generation);
  return own?.trusted === true && newest.mark !== null && own.mark === newest.mark;
}

/** One from the future shows nothing. */
async function lastDrill(
  secret: string,
  catalog: Catalog | null,
  now: number,
): Promise<string | null> {
  const drills = (await catalog?.drills({ secret, limit: MOST }))?.rows ?? [];
  const passed = drills.filter(
    ({ outcome, time }) => outcome === 'ok' && ageOf(time, now) !== null,
  );
  return (
    passed
      .map(({ time }) => time)
      .toSorted()
      .at(-1) ?? null
  );
}

/** Tokens and people; that a password is the only way in is told by the policy, if it minds. */
function byDesign(
  { envelopes, discreet }: BackupRow,
  policy: Policy | null,
): Pick<SecretView, 'singlePoints' | 'violations'> {
  const losses = lossesOf({ envelopes, copies: null, discreet });
  const broken = policy === null ? [] : violationsByDesign(policy, { envelopes, losses });
  return {
    singlePoints: singlePoints(losses)
      .filter(({ restorable }) => restorable === 'no')
      .filter(({ loss }) => loss.kind === 'token' || loss.kind === 'custodian')
      .map(({ words }) => words),
    // The other rules are told one by one, with what mends each.
    violations: broken.filter(({ rule }) => rule === 'require-token').map(({ words }) => words),
  };
}

function custodiansOf(
  { envelopes, discreet }: BackupRow,
  policy: Policy | null,
  rows: readonly CustodianRow[],
): readonly CustodianView[] {
  // The names in a discreet one are only numbers.
  if (discreet) return [];
  const factors = envelopes.flatMap((envelope) => envelope.factors);
  const named = factors.flatMap((factor) => (factor.kind === 'quorum' ? factor.custodians : []));
  return [...new Set(named.map(({ name }) => name))].map((name) => {
    const row = rows.find((it) => it.name === name && it.removedAt === null) ?? null;
    const days = row?.checkEvery ?? null;
    const checkEvery = days === null ? (policy?.checkCustodiansEvery ?? null) : days * DAY;
    return { name, row, checkEvery };
  });
}
