import type { Waiver } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';

/** What the backups of a secret have to be: who opens them, and how well they are kept. */
export interface Policy {
  readonly name: string;
  /** Envelope expressions; any one of them opens a backup. */
  readonly envelopes: readonly string[];
  /** No way to open it does without a token, on a key that cannot leave it. */
  readonly requireToken: boolean;
  /** How many copies there are to be. */
  readonly copies: number;
  /** Milliseconds since the newest backup was made; `null`: any age. So with all that follow. */
  readonly maxAge: number | null;
  /** Milliseconds between drills of a copy. */
  readonly drillEvery: number | null;
  /** Milliseconds between checks of a custodian who has no interval of their own. */
  readonly checkCustodiansEvery: number | null;
  /** No token and no custodian takes every envelope with it. */
  readonly independentRecovery: boolean;
  /** What is accepted all the same, by name. */
  readonly waive: readonly Waiver[];
}

/** The policies of a configuration, by name. */
export type Policies = Readonly<Record<string, Policy>>;

/** @throws POLICY_UNKNOWN */
export function policyNamed(policies: Policies, name: string): Policy {
  const policy = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (policy !== undefined) return policy;
  const names = Object.keys(policies);
  const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw coreError('POLICY_UNKNOWN', `the configuration has no policy ${name}; ${there}`);
}

/** Whether the loss of one token or custodian is accepted for every backup under this policy. */
export function waivesSinglePoint({ independentRecovery, waive }: Policy): boolean {
  return !independentRecovery || waive.includes('single-point-of-failure');
}
