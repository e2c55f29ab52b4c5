import type {
  BackupRow,
  CopyRow,
  CustodianRow,
  DrillRow,
  JobRow,
  MediumRow,
  SecretRow,
  SignedHead,
  TokenRow,
} from '../ports.ts';
import type { AccessRow, ScheduleRow } from '../service-events.ts';
import type {
  Delivery,
  KeptAnswer,
  ScheduleRun,
  ServiceJob,
  ServiceJobEvent,
  ServiceServer,
} from '../service/ports.ts';

/** The audit log: what everything else follows from. Rows are only ever added. */
export interface AuditTable {
  sequence: number;
  id: string;
  time: string;
  actorWho: string;
  actorFrom: string;
  actorInstance: string;
  action: string;
  outcome: string;
  secret: string | null;
  backup: string | null;
  copy: string | null;
  medium: string | null;
  token: string | null;
  custodian: string | null;
  job: string | null;
  /** Canonical JSON. */
  detail: string;
  previous: string;
  hash: string;
}

/**
 * A row as a database keeps it: objects as canonical JSON, yes and no as 1 and 0, and the sequence of the
 * entry that it began with, by which it is paged.
 */
export type Stored<Row> = {
  -readonly [Name in keyof Row]: Row[Name] extends string | number | null
    ? Row[Name]
    : Row[Name] extends boolean
      ? number
      : null extends Row[Name]
        ? string | null
        : string;
} & { sequence: number };

/** Whether it is superseded follows from the other backups, and is asked for when it is read. */
export type KeptBackup = Omit<BackupRow, 'superseded'>;
export type KeptCopy = Omit<CopyRow, 'superseded'>;

/** The tables that are folded out of the audit log. */
export interface Folded {
  secrets: Stored<SecretRow>;
  backups: Stored<KeptBackup>;
  copies: Stored<KeptCopy>;
  media: Stored<MediumRow>;
  custodians: Stored<CustodianRow>;
  tokens: Stored<TokenRow>;
  drills: Stored<DrillRow>;
  jobs: Stored<JobRow>;
  access: Stored<AccessRow>;
  schedules: Stored<ScheduleRow>;
}

/** What services tell each other: not folded, and proof of nothing. */
interface ServiceTables {
  serviceJobs: Stored<ServiceJob>;
  serviceEvents: Omit<Stored<ServiceJobEvent>, 'sequence'> & { sequence: number };
  serviceAnswers: Omit<Stored<KeptAnswer>, 'sequence'>;
  serviceRuns: Omit<Stored<ScheduleRun>, 'sequence'>;
  serviceDeliveries: Omit<Stored<Delivery>, 'sequence'>;
  serviceServers: Omit<Stored<ServiceServer>, 'sequence'>;
}

export interface Tables extends Folded, ServiceTables {
  audit: AuditTable;
  heads: { -readonly [Name in keyof SignedHead]: SignedHead[Name] };
}
