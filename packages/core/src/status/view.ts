import type {
  BackupRow,
  CopyRow,
  CustodianRow,
  JobRow,
  MediumRow,
  SecretFacts,
} from '@holdfast/catalog';
import type { Policy } from '../policy/policy.ts';
import type { LiveStatus } from './report.ts';

/** Everything that is known of one secret, as the rules look at it. */
export interface SecretView {
  readonly name: string;
  /** What names the policy; `policy` is `null` where the configuration has none of that name. */
  readonly policyName: string | null;
  readonly policy: Policy | null;
  readonly source: SecretFacts['source'];
  /** Milliseconds between looks at the live secret; `null`: only when asked. */
  readonly checkLiveEvery: number | null;
  /** The newest backup in its newest generation that a trusted signer signed. */
  readonly newest: BackupRow | null;
  /** Those that nobody vouches for, unless a trusted one is newer. */
  readonly untrusted: readonly BackupRow[];
  /** The newest hundred or so, the newest first. */
  readonly backups: readonly BackupRow[];
  readonly moreBackups: boolean;
  /** Those that are there, in any generation. */
  readonly copies: readonly CopyRow[];
  readonly moreCopies: boolean;
  /** Of these, what should restore the secret as it was backed up last. */
  readonly current: readonly CopyRow[];
  /** Of these, what nothing is known against. */
  readonly counted: readonly CopyRow[];
  /** When a copy of any backup of it was drilled last, with success. */
  readonly drilledAt: string | null;
  readonly live: LiveStatus;
  /** Losses that nobody could open the newest backup after, in words. */
  readonly singlePoints: readonly string[];
  /** How the newest backup breaks its policy beyond what other rules tell, in words. */
  readonly violations: readonly string[];
  readonly interrupted: readonly JobRow[];
  /** Those whom the newest backup names. */
  readonly custodians: readonly CustodianView[];
}

export interface CustodianView {
  readonly name: string;
  /** `null`: the register does not know them. */
  readonly row: CustodianRow | null;
  /** Milliseconds between checks; `null`: any. */
  readonly checkEvery: number | null;
}

/** What is the same for all secrets. */
export interface Surroundings {
  readonly now: number;
  /** This machine. */
  readonly host: string;
  readonly media: ReadonlyMap<string, MediumRow>;
}
