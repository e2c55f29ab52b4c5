import type { Catalog, EnvelopeFacts } from '@holdfast/catalog';
import type { SecretSetting } from '../config/named-tables.ts';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';
import { expressedEnvelopes } from './expressed.ts';
import { keptIn, type Kept, type KnownBackup } from './kept.ts';
import { knownFromFile } from './known-from-file.ts';
import { lossesOf, type Losses } from './losses.ts';
import { policyNamed, type Policies, type Policy } from './policy.ts';
import { copiesThatCount, isBad } from './standing.ts';
import { violationsByDesign, violationsOf, type Violation } from './violations.ts';

export interface PolicyCheckRequest {
  readonly policies: Policies;
  readonly secrets: Readonly<Record<string, SecretSetting>>;
  /** Aliases of keys on tokens, and their URIs. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly what:
    /** Every policy, and the newest backup of every secret; with `older`, every backup of which there is a copy. */
    | { readonly kind: 'all'; readonly older: boolean }
    /** One policy, and the newest backup of each secret under it. */
    | { readonly kind: 'policy'; readonly name: string }
    /** One file. On a medium its path says nothing of where it lies. */
    | { readonly kind: 'backup'; readonly path: string; readonly onMedium: boolean };
}

/** A policy as it is configured. */
export interface CheckedPolicy {
  readonly policy: Policy;
  /** Secrets that the configuration puts under it. */
  readonly secrets: readonly string[];
  readonly losses: Losses;
  readonly violations: readonly Violation[];
  /** Custodians that it names, and whom nobody here knows. */
  readonly unknownCustodians: readonly string[];
}

export interface CheckedBackup {
  readonly secret: string | null;
  readonly id: string;
  readonly generation: number;
  readonly created: string;
  readonly envelopes: readonly EnvelopeFacts[];
  /** A later generation of it is known. */
  readonly superseded: boolean;
  /** Copies that count. */
  readonly copies: number;
  readonly policy: string | null;
  readonly losses: Losses;
  /** Empty without a policy. */
  readonly violations: readonly Violation[];
}

export interface PolicyReport {
  readonly policies: readonly CheckedPolicy[];
  readonly backups: readonly CheckedBackup[];
  /** Secrets under a policy of which no backup by a trusted signer is known. */
  readonly neverBackedUp: readonly { readonly secret: string; readonly policy: string }[];
  /** Whether any rule of any policy is broken. */
  readonly violated: boolean;
}

/**
 * Finds out which losses policies and backups survive, and which rules are broken now. Reads the catalog, and the
 * file that is named; asks for nothing, and changes nothing.
 *
 * @throws POLICY_UNKNOWN, what opening the catalog throws, and what `inspect` does of a file
 */
export async function checkPolicies(request: PolicyCheckRequest, run: Run): Promise<PolicyReport> {
  const { what } = request;
  const policies: CheckedPolicy[] = [];
  for (const policy of policiesOf(request)) policies.push(await checkPolicy(policy, request, run));
  const catalog = (await run.catalog?.openIfThere()) ?? null;
  const kept = await keptIn(catalog);
  const { secrets, policyOf } = await secretsIn(request, catalog);
  const backups: CheckedBackup[] = [];
  const neverBackedUp: { secret: string; policy: string }[] = [];
  if (what.kind === 'backup') {
    const known = await knownFromFile(what, kept, run);
    backups.push(checkBackup(known, policyOf(known.row.secret), kept));
  } else {
    for (const secret of secrets) {
      const policy = policyOf(secret);
      if (what.kind === 'policy' && policy?.name !== what.name) continue;
      const newest = await kept.newest(secret);
      if (newest !== null) backups.push(checkBackup(newest, policy, kept));
      else if (policy !== null) neverBackedUp.push({ secret, policy: policy.name });
    }
  }
  if (what.kind === 'all' && what.older) {
    const seen = new Set(backups.map(nameOf));
    for await (const older of kept.all()) {
      // Of what is past, only what it takes to open it is of interest.
      const checked = checkBackup(older, null, kept);
      if (!seen.has(nameOf(checked))) backups.push(checked);
    }
  }
  const broken = [...policies, ...backups].some(({ violations }) => violations.length > 0);
  return { policies, backups, neverBackedUp, violated: broken || neverBackedUp.length > 0 };
}

/** Throws POLICY_VIOLATED when any rule is broken. The report stays true. */
export function assertNotViolated({
  policies,
  backups,
  neverBackedUp,
  violated,
}: PolicyReport): void {
  if (!violated) return;
  const words = [
    ...policies.flatMap(({ policy, violations }) =>
      violations.map((it) => `the policy ${policy.name}: ${it.words}`),
    ),
    ...neverBackedUp.map(({ secret }) => `${secret} was never backed up`),
    ...backups.flatMap(({ secret, violations }) =>
      violations.map((it) => `${secret ?? 'a discreet backup'}: ${it.words}`),
    ),
  ];
  const more = words.length > 1 ? `, and ${String(words.length - 1)} more` : '';
  throw coreError('POLICY_VIOLATED', `${words[0] ?? ''}${more}`);
}

function nameOf({ id, generation }: CheckedBackup): string {
  return `${id} ${String(generation)}`;
}

function policiesOf({ policies, what }: PolicyCheckRequest): readonly Policy[] {
  if (what.kind === 'policy') return [policyNamed(policies, what.name)];
  return what.kind === 'all' ? Object.values(policies) : [];
}

/** The secrets that anybody has heard of, and the policy of each: the configuration's word before the catalog's. */
async function secretsIn(
  { policies, secrets }: PolicyCheckRequest,
  catalog: Catalog | null,
): Promise<{
  readonly secrets: readonly string[];
  readonly policyOf: (secret: string | null) => Policy | null;
}> {
  const recorded = new Map((await catalog?.secrets())?.map(({ name, policy }) => [name, policy]));
  const configured = new Map(Object.values(secrets).map(({ name, policy }) => [name, policy]));
  return {
    secrets: [...new Set([...recorded.keys(), ...configured.keys()])].toSorted(),
    policyOf: (secret) => {
      const name = configured.get(secret ?? '') ?? recorded.get(secret ?? '') ?? '';
      return Object.hasOwn(policies, name) ? (policies[name] ?? null) : null;
    },
  };
}

async function checkPolicy(
  policy: Policy,
  { secrets, tokens: aliases }: PolicyCheckRequest,
  run: Run,
): Promise<CheckedPolicy> {
  const enrolments = (await (await run.tokens?.open())?.enrolments()) ?? [];
  const { custodians } = run;
  const { envelopes, unknown } = await expressedEnvelopes(policy.envelopes, {
    ...{ aliases, enrolments, custodians },
  });
  const losses = lossesOf({ envelopes, copies: null, discreet: false });
  return {
    policy,
    secrets: Object.values(secrets).flatMap((it) => (it.policy === policy.name ? [it.name] : [])),
    losses,
    violations: violationsByDesign(policy, { envelopes, losses }),
    unknownCustodians: unknown,
  };
}

function checkBackup(
  { row, copies }: KnownBackup,
  policy: Policy | null,
  { custodians, placeOf }: Kept,
): CheckedBackup {
  const { secret, id, generation, created, envelopes, discreet, waivers, superseded } = row;
  const good = copies.filter((copy) => !isBad(copy));
  const losses = lossesOf({ envelopes, copies: good.map(placeOf), discreet });
  const backup = { envelopes, created, waivers, copies, custodians, losses };
  return {
    ...{ secret, id, generation, created, envelopes, superseded, losses },
    copies: copiesThatCount(copies),
    policy: policy?.name ?? null,
    violations: policy === null ? [] : violationsOf(policy, backup, Date.now()),
  };
}
