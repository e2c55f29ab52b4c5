import type {
  ActionName,
  BackupFacts,
  CatalogEvent,
  CopyFacts,
  CustodianFacts,
  DrillFacts,
  JobBegun,
  MediumFacts,
  SecretFacts,
  Subject,
} from './events.ts';
import type { Page, Paged } from './paging.ts';
import type { AccessRow, ScheduleRow } from './service-events.ts';
import type { JobQueue, ServiceTables } from './service/ports.ts';

/** Who did something, and from where. */
export interface Actor {
  /** A login name, and who became it: `root (sudo by alice)`; over HTTP, the name of the credential. */
  readonly who: string;
  /** `cli on HOST`, or the address that a request came from. */
  readonly from: string;
  /** Fingerprint of the instance's key. */
  readonly instance: string;
}

/** An event on its way into the catalog. `id` makes recording it twice harmless. */
export interface RecordedEvent {
  readonly id: string;
  /** UTC, milliseconds, as `Date.toISOString()` has it. */
  readonly time: string;
  readonly actor: Actor;
  readonly event: CatalogEvent;
}

/** One line of the audit log. */
export interface AuditEntry extends RecordedEvent {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** SHA-256 of the entry before, in hex; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 of this entry in its one byte form, `previous` included. */
  readonly hash: string;
}

/** The head of the chain, signed. */
export interface SignedHead {
  readonly sequence: number;
  readonly hash: string;
  readonly time: string;
  /** An armored SSHSIG over `headText()`. */
  readonly signature: string;
}

/** The catalog knows no keys. */
export interface HeadSigner {
  sign(message: Uint8Array): Uint8Array;
}

/** Whose signature over a head it is: a fingerprint, and whether it is trusted here. Throws when it is not valid. */
export type CheckHead = (
  message: Uint8Array,
  signature: Uint8Array,
) => { readonly fingerprint: string; readonly trusted: boolean };

export interface SecretRow extends SecretFacts {
  readonly name: string;
  /** Mark of the live secret when it was read last, and when that was. */
  readonly observedMark: string | null;
  readonly observedAt: string | null;
  /** What reading it ended with: `ok` or a code. */
  readonly observedOutcome: string | null;
}

export interface BackupRow extends BackupFacts {
  readonly id: string;
  /** `null`: a discreet backup whose secret nobody here knows. */
  readonly secret: string | null;
  readonly recordedAt: string;
  /** Whether a later generation of the same backup is known. */
  readonly superseded: boolean;
}

export interface CopyRow extends CopyFacts {
  readonly id: string;
  readonly backup: string;
  readonly secret: string | null;
  readonly medium: string | null;
  readonly madeAt: string;
  /** When a check last went well, of this very file. */
  readonly verifiedAt: string | null;
  /** `ok`, or the code that the last check ended with. */
  readonly verifyOutcome: string | null;
  /** When a drill last went well, with this very file. */
  readonly drilledAt: string | null;
  readonly drillOutcome: string | null;
  readonly removedAt: string | null;
  /** Of the former generation of this backup, when a later one is known. */
  readonly superseded: boolean;
}

export interface MediumRow extends Required<MediumFacts> {
  readonly id: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface CustodianRow extends CustodianFacts {
  readonly name: string;
  readonly addedAt: string;
  readonly removedAt: string | null;
  /** When a check last went well. */
  readonly checkedAt: string | null;
  /** `ok`, or the code that the last check ended with. */
  readonly checkOutcome: string | null;
}

export interface TokenRow {
  readonly token: string;
  readonly alias: string | null;
  readonly fingerprint: string | null;
  readonly enrolledAt: string | null;
  readonly lastUsed: string | null;
  readonly lastOutcome: string | null;
}

export interface DrillRow extends DrillFacts {
  readonly time: string;
  readonly outcome: string;
  readonly secret: string | null;
  readonly backup: string | null;
  readonly copy: string | null;
  readonly medium: string | null;
  readonly who: string;
}

export interface JobRow extends JobBegun {
  readonly id: string;
  readonly secret: string | null;
  readonly backup: string | null;
  readonly beganAt: string;
  readonly endedAt: string | null;
  /** `running`, `ok`, a code, or `INTERRUPTED`. */
  readonly outcome: string;
}

export interface AuditFilter extends Page, Subject {
  readonly action?: ActionName | undefined;
  /** From this time on; with it, or with `until`, entries come in the order of time, not of the chain. */
  readonly since?: string | undefined;
  /** Before this time. */
  readonly until?: string | undefined;
  /** Newest first, as a person wants it; oldest first for an export. */
  readonly newestFirst?: boolean | undefined;
}

/** What is wrong at one place of the chain. */
export interface ChainFault {
  readonly sequence: number;
  readonly kind:
    'altered' | 'removed' | 'reordered' | 'forged' | 'cut off' | 'bad signature' | 'unknown signer';
  readonly words: string;
}

export interface ChainReport {
  readonly entries: number;
  readonly head: { readonly sequence: number; readonly hash: string } | null;
  /** The newest head with a valid signature that is trusted. */
  readonly signedUpTo: number;
  readonly faults: readonly ChainFault[];
}

/**
 * What was done. Everything enters by `record`, which writes the audit entry and what follows from it in one
 * transaction, durable on return; several processes may do so at once.
 */
export interface Catalog {
  /** The newest step of its schema. */
  readonly schema: string;
  /** Records each event once, by its id. @throws CATALOG_BUSY, CATALOG_UNWRITABLE, CATALOG_DAMAGED, CATALOG_UNREACHABLE */
  record(events: readonly RecordedEvent[]): Promise<void>;

  secrets(): Promise<readonly SecretRow[]>;
  backups(
    filter?: Page & { readonly secret?: string; readonly id?: string },
  ): Promise<Paged<BackupRow>>;
  copies(
    filter?: Page & {
      readonly secret?: string;
      readonly backup?: string;
      readonly medium?: string;
      /** Name of the file. */
      readonly file?: string;
      readonly present?: boolean;
    },
  ): Promise<Paged<CopyRow>>;
  media(): Promise<readonly MediumRow[]>;
  custodians(): Promise<readonly CustodianRow[]>;
  tokens(): Promise<readonly TokenRow[]>;
  drills(
    filter?: Page & { readonly secret?: string; readonly copy?: string; readonly id?: string },
  ): Promise<Paged<DrillRow>>;
  jobs(filter?: Page & { readonly running?: boolean }): Promise<Paged<JobRow>>;
  audit(filter?: AuditFilter): Promise<Paged<AuditEntry>>;

  access(): Promise<readonly AccessRow[]>;
  schedules(): Promise<readonly ScheduleRow[]>;
  /** What services that share this catalog tell each other. */
  readonly service: ServiceTables;
  /** The line of their jobs; the caller's to dispose. */
  openQueue(): Promise<JobQueue>;

  /** Every entry of the chain in order, oldest first, in constant memory. */
  entries(range?: {
    readonly from?: number;
    readonly signal?: AbortSignal | undefined;
  }): AsyncIterable<AuditEntry>;
  heads(): Promise<readonly SignedHead[]>;
  /**
   * Signs the head when entries were recorded since it was signed last. Resolves to the newest signed head.
   *
   * @throws AUDIT_BROKEN when the last entry, or the last that was signed, is not what it was
   */
  signHead(signer: HeadSigner): Promise<SignedHead | null>;
  /**
   * Reads the whole chain and says what is wrong with it, entry by entry, and whether the tables agree with it.
   * `known` is the newest head that was kept elsewhere: a chain that is shorter was cut.
   */
  verifyChain(options: {
    readonly check: CheckHead;
    readonly known?: SignedHead | null;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
  }): Promise<ChainReport>;
}

/** One that is held: whoever opened it ends it. */
export interface OpenCatalog extends Catalog, AsyncDisposable {}
