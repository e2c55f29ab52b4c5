import type { SecretFacts } from '@holdfast/catalog';
import type { Policies, Policy } from '../policy/policy.ts';
import type { Complain, Table } from './read-settings.ts';

/** What a configuration says of one secret. */
export interface SecretSetting {
  readonly name: string;
  /** Name of the policy of its backups. */
  readonly policy: string | null;
  /** How to read the live secret again; paths are absolute. */
  readonly source: SecretFacts['source'];
  /** Milliseconds between looks whether the live secret is still the one in its backup. */
  readonly checkLiveEvery: number | null;
}

/** The policy of a table. Throws what `wrong` makes of one that has no envelopes. */
export function policyFrom(name: string, { at, settings }: Table, wrong: Complain): Policy {
  const envelopes = settings['policies.*.envelopes'];
  if (envelopes === undefined) throw wrong(at, `the policy ${name} has no envelopes`);
  return {
    name,
    envelopes,
    requireToken: settings['policies.*.require-token'] ?? false,
    copies: settings['policies.*.copies'] ?? 1,
    maxAge: settings['policies.*.max-age'] ?? null,
    drillEvery: settings['policies.*.drill-every'] ?? null,
    checkCustodiansEvery: settings['policies.*.check-custodians-every'] ?? null,
    independentRecovery: settings['policies.*.independent-recovery'] ?? true,
    waive: settings['policies.*.waive'] ?? [],
  };
}

/** The secret of a table; `place` makes a path absolute. Throws what `wrong` makes of one that contradicts itself. */
export function secretFrom(
  name: string,
  { at, settings, places }: Table,
  {
    wrong,
    policies,
    place,
  }: { wrong: Complain; policies: Policies; place: (path: string) => string },
): SecretSetting {
  const policy = settings['secrets.*.policy'] ?? null;
  if (policy !== null && !Object.hasOwn(policies, policy)) {
    throw wrong(places.get('secrets.*.policy') ?? at, `there is no policy ${policy} in this file`);
  }
  const paths = settings['secrets.*.source'];
  const command = settings['secrets.*.source-command'];
  if (paths !== undefined && command !== undefined) {
    const second = places.get('secrets.*.source-command') ?? at;
    throw wrong(second, `the secret ${name} has a source already`);
  }
  return {
    name,
    policy,
    source: command === undefined ? sourceAt(paths, place) : { kind: 'command', what: [command] },
    checkLiveEvery: settings['secrets.*.check-live-every'] ?? null,
  };
}

const STORE = 'store:';

function sourceAt(
  paths: readonly string[] | undefined,
  place: (path: string) => string,
): SecretFacts['source'] {
  const [only, ...more] = paths ?? [];
  if (paths === undefined || only === undefined) return null;
  if (only.startsWith(STORE)) return { kind: 'store', what: [only.slice(STORE.length)] };
  return { kind: more.length === 0 ? 'file' : 'files', what: paths.map(place) };
}
