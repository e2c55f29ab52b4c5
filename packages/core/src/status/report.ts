import type { SecretFacts } from '@holdfast/catalog';

/** `note` is worth knowing and changes no state. */
export type Severity = 'note' | 'warning' | 'critical';
export type State = 'ok' | 'warning' | 'critical';

/** Everything that status can find. Scripts and dashboards depend on these: one may be added, none renamed. */
export const FINDING_CODES = [
  'never-backed-up',
  'rotated-since',
  'live-unreadable',
  'live-check-overdue',
  'too-few-copies',
  'one-host',
  'one-medium',
  'backup-overdue',
  'verification-failed',
  'drill-failed',
  'drill-overdue',
  'superseded-copy',
  'older-generation-returned',
  'unknown-signer',
  'single-point-of-failure',
  'policy-unknown',
  'policy-violated',
  'custodian-never-checked',
  'custodian-overdue',
  'custodian-check-failed',
  'protected-medium',
  'interrupted-job',
  'cloned-media',
  'clock-set-back',
  'journal-pending',
  'catalog-damaged',
  'catalog-lost',
  'nothing-known',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

/** Something that is not as it should be, and what mends it. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** `null`: it is about the whole, not about one secret. */
  readonly secret: string | null;
  readonly words: string;
  /** The command that mends it, as one line for a shell; `null` when no line can say it. */
  readonly mend: string | null;
}

/** Whether the live secret is the one that was backed up, when it was read last. */
export interface LiveStatus {
  readonly state: 'same' | 'rotated since' | 'unknown' | 'unreadable';
  /** When it was read; `null`: not since its newest backup. */
  readonly at: string | null;
  /** The code that reading it ended with the last time, if that failed. */
  readonly failure: string | null;
}

export interface CopyStatus {
  readonly id: string;
  readonly backup: string;
  readonly generation: number;
  /** Whether it restores the secret as it was backed up last, as far as is known. */
  readonly counts: boolean;
  readonly superseded: boolean;
  /** The medium by its name, or the folder. */
  readonly where: string;
  readonly kind: 'medium' | 'folder';
  /** Of which machine the folder is; `null` for a medium. */
  readonly host: string | null;
  /** Id of the medium in the register. */
  readonly medium: string | null;
  /** Where its owner says that the medium lies. */
  readonly location: string | null;
  readonly mediumSeenAt: string | null;
  readonly file: string;
  readonly madeAt: string;
  /** When it was last found to be whole, if only when it was made, and how the last look at it ended: `ok` or a code. */
  readonly verifiedAt: string | null;
  readonly verifyOutcome: string | null;
  readonly drilledAt: string | null;
  readonly drillOutcome: string | null;
  /** `null`: no policy asks for drills. */
  readonly drillDueAt: string | null;
}

export interface BackupStatus {
  readonly id: string;
  readonly generation: number;
  readonly created: string;
  /** Fingerprint; `null`: nobody signed it. */
  readonly signer: string | null;
}

export interface SecretStatus {
  readonly name: string;
  readonly state: State;
  readonly policy: string | null;
  /** How it can be read again. */
  readonly source: SecretFacts['source'];
  /** The newest that a trusted signer signed. */
  readonly newest: BackupStatus | null;
  /** How many backups are known; when `more`, at least so many. */
  readonly backups: { readonly count: number; readonly more: boolean };
  /** Those that are there; older ones beyond the newest hundred are left out, and `moreCopies` says so. */
  readonly copies: readonly CopyStatus[];
  readonly moreCopies: boolean;
  /** In how many places copies lie that count, and how many there are to be. */
  readonly copiesCounted: number;
  readonly copiesWanted: number;
  /** Of the copies that count: verified last, drilled last, and due next. */
  readonly verifiedAt: string | null;
  readonly drilledAt: string | null;
  readonly drillDueAt: string | null;
  readonly live: LiveStatus;
}

export interface MediumStatus {
  readonly id: string;
  readonly name: string;
  readonly location: string | null;
  readonly owner: string | null;
  readonly protected: boolean;
  readonly lastSeen: string;
}

/** How things stand; plain JSON. */
export interface StatusReport {
  /** When this was found, in ISO 8601. */
  readonly time: string;
  readonly host: string;
  readonly state: State;
  /** `none`: nothing was recorded here yet. */
  readonly catalog: 'ok' | 'none' | 'damaged' | 'lost';
  readonly secrets: readonly SecretStatus[];
  readonly media: readonly MediumStatus[];
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** What findings amount to. */
export function stateOf(findings: readonly Pick<Finding, 'severity'>[]): State {
  if (findings.some(({ severity }) => severity === 'critical')) return 'critical';
  return findings.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok';
}
