import { hostname } from 'node:os';
import { throwIfCancelled } from '@holdfast/age';
import type { Catalog, JobRow, SecretFacts } from '@holdfast/catalog';
import { coreError } from '../errors.ts';
import type { Policies } from '../policy/policy.ts';
import { reconcileJobs } from '../record/reconcile.ts';
import { nameOfRow } from '../register/known-media.ts';
import type { Run } from '../run.ts';
import { storeOf } from '../store/index.ts';
import { firstAhead } from '../clock.ts';
import { findingsOf } from './findings.ts';
import { gatherSecret, type Gathering, type KnownOf, type WantedSecret } from './gather.ts';
import { houseFindings, type HouseView } from './house-findings.ts';
import { lookAtLive, type Looking } from './look.ts';
import { journalOf, openForStatus, stateBy, type CatalogFound } from './open-for-status.ts';
import {
  stateOf,
  type Finding,
  type SecretStatus,
  type Severity,
  type StatusReport,
} from './report.ts';
import { secretStatus } from './secret-status.ts';

export interface StatusRequest {
  /** Names of secrets; all that are known, without it. */
  readonly only?: readonly string[] | undefined;
  /** Which live secrets are read, and compared with their newest backup; `no` without it. */
  readonly live?: Looking | undefined;
  /** Of the configuration. */
  readonly policies?: Policies | undefined;
  readonly secrets?: Readonly<Record<string, WantedSecret>> | undefined;
}

const MOST_JOBS = 100;
const ORDER: readonly Severity[] = ['critical', 'warning', 'note'];

/**
 * Says how things stand with every secret that the configuration, the catalog or the store knows. Sources are read
 * only when that is asked for. Records what it learns: what a live secret is now, and that work was cut off.
 *
 * @throws SECRET_NOT_FOUND, ACCESS_DENIED, STATE_INVALID, CATALOG_BUSY, CATALOG_TOO_NEW, CATALOG_UNREACHABLE, CANCELLED
 */
export async function status(
  request: StatusRequest,
  run: Run,
  now = Date.now(),
): Promise<StatusReport> {
  await run.instance.assertAccess();
  await using resources = new AsyncDisposableStack();
  const found = await openForStatus(run, resources);
  try {
    return await statusWith(found, request, run, now);
  } catch (cause) {
    // What is damaged shows only when it is read: the rest can be told without it.
    const gone = stateBy(cause);
    if (gone === null || found.catalog === null) throw cause;
    return await statusWith({ catalog: null, state: gone, writable: false }, request, run, now);
  }
}

async function statusWith(
  { catalog, state, writable }: CatalogFound,
  { only, live = 'no', policies = {}, secrets = {} }: StatusRequest,
  given: Run,
  now: number,
): Promise<StatusReport> {
  // What could only be kept in the journal would be kept there again and again.
  const run = writable ? given : { ...given, recorder: undefined };
  const cutOff = catalog === null ? [] : await reconcileJobs(catalog, run);
  const rows = (await catalog?.media()) ?? [];
  const around = { now, host: hostname(), media: new Map(rows.map((row) => [row.id, row])) };
  const interrupted = await interruptedJobs(catalog, new Set(cutOff.map(({ job }) => job.id)));
  const custodians = (await catalog?.custodians()) ?? [];
  const gathering: Gathering = { ...around, catalog, policies, custodians, interrupted };
  const statuses: SecretStatus[] = [];
  const findings: Finding[] = [];
  const known = await knownSecrets(catalog, secrets, run);
  for (const each of chosen(known, only, state)) {
    throwIfCancelled(run.signal);
    const view = await gatherSecret(await lookAtLive(each, live, run, now), gathering);
    const own = findingsOf(view, around);
    findings.push(...own);
    statuses.push(secretStatus(view, own, around));
  }
  const house: HouseView = {
    ...{ catalog: state, media: rows, secrets: known.length },
    ahead: await entryAhead(catalog, now),
    journal: await journalOf(run.instance.folder),
    interrupted: interrupted.filter(({ secret }) => !known.some(({ name }) => name === secret)),
  };
  const all = [...houseFindings(house), ...findings];
  return {
    time: new Date(now).toISOString(),
    host: around.host,
    state: stateOf(all),
    catalog: state,
    secrets: statuses,
    media: rows.map((row) => ({
      ...{ id: row.id, name: nameOfRow(row), location: row.location, owner: row.owner },
      ...{ protected: row.protected, lastSeen: row.lastSeen },
    })),
    findings: ORDER.flatMap((severity) => all.filter((it) => it.severity === severity)),
  };
}

/** By name. */
async function knownSecrets(
  catalog: Catalog | null,
  wanted: Readonly<Record<string, WantedSecret>>,
  run: Run,
): Promise<readonly KnownOf[]> {
  const rows = new Map(((await catalog?.secrets()) ?? []).map((row) => [row.name, row]));
  const stored = new Set((await storeOf(run.instance).list()).map(({ name }) => name));
  const names = new Set([...Object.keys(wanted), ...rows.keys(), ...stored]);
  return [...names].toSorted().map((name) => {
    const own = Object.hasOwn(wanted, name) ? (wanted[name] ?? null) : null;
    const row = rows.get(name) ?? null;
    const kept: SecretFacts['source'] = stored.has(name) ? { kind: 'store', what: [name] } : null;
    return { name, row, wanted: own, source: own?.source ?? row?.source ?? kept };
  });
}

/** Without a catalog nobody can say that there is no such secret. @throws SECRET_NOT_FOUND */
function chosen(
  all: readonly KnownOf[],
  only: readonly string[] | undefined,
  state: HouseView['catalog'],
): readonly KnownOf[] {
  if (only === undefined || only.length === 0) return all;
  const missing = only.find((name) => !all.some((it) => it.name === name));
  if (missing !== undefined && (state === 'ok' || state === 'none')) {
    throw coreError('SECRET_NOT_FOUND', `nothing here knows a secret ${missing}`);
  }
  return all.filter(({ name }) => only.includes(name));
}

/** Those after which the same was not done with success; of a secret, the last of each kind. */
async function interruptedJobs(
  catalog: Catalog | null,
  cutOff: ReadonlySet<string>,
): Promise<readonly JobRow[]> {
  const recent = (await catalog?.jobs({ limit: MOST_JOBS }))?.rows ?? [];
  const seen = new Set<string>();
  return recent.filter((job) => {
    const same = JSON.stringify([job.kind, job.secret]);
    const interrupted = job.outcome === 'INTERRUPTED' || cutOff.has(job.id);
    if (seen.has(same)) return false;
    if (interrupted || job.outcome === 'ok') seen.add(same);
    return interrupted;
  });
}

async function entryAhead(catalog: Catalog | null, now: number): Promise<HouseView['ahead']> {
  const page = await catalog?.audit({ since: firstAhead(now), newestFirst: true, limit: 1 });
  const [entry] = page?.rows ?? [];
  return entry === undefined ? null : { time: entry.time, sequence: entry.sequence };
}
