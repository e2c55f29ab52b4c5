import type { Page, Paged } from '../paging.ts';

/**
 * What services that share a catalog tell each other: jobs in line, what was answered before, schedules that ran.
 * None of it is proof of anything; that is what the audit log is for. Nothing secret enters.
 */
export interface ServiceTables {
  readonly jobs: JobTable;
  readonly answers: AnswerTable;
  readonly runs: RunTable;
  readonly deliveries: DeliveryTable;
  readonly servers: ServerTable;
}

/** JSON that was checked by whoever made it. */
export type Json = Readonly<Record<string, unknown>>;

export type ServiceJobState =
  | 'awaiting-approval'
  | 'queued'
  | 'running'
  | 'finished'
  | 'failed'
  | 'cancelled'
  | 'interrupted'
  | 'rejected'
  | 'expired';

export interface ServiceJob {
  /** A UUID; the audit log calls it the same. */
  readonly id: string;
  readonly kind: string;
  readonly state: ServiceJobState;
  readonly secret: string | null;
  readonly backup: string | null;
  readonly request: Json;
  readonly who: string;
  readonly from: string;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  /** The server that runs it; of a pinned one that waits, the only one that can. */
  readonly server: string | null;
  /** What opens or seals it lies in the memory of `server` only. */
  readonly pinned: boolean;
  /** Whether it may be done once more when its server was lost. */
  readonly repeatable: boolean;
  /** What it needs for itself alone while it runs: `medium:ID`, `folder:NAME`, `token:NAME`, `secret:NAME`, sorted. */
  readonly needs: readonly string[];
  /** From 1; 0 before it ran. */
  readonly attempt: number;
  /** Whether somebody asked for its end. */
  readonly cancelled: boolean;
  readonly approval: {
    /** Tells the identity of `who` from any other, whatever it is called by then. */
    readonly asker: string;
    readonly before: string;
    readonly by: string | null;
    readonly at: string | null;
  } | null;
  readonly progress: Json | null;
  readonly failure: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
  } | null;
  readonly result: Json | null;
  readonly file: boolean;
}

export interface ServiceJobEvent {
  readonly job: string;
  /** From 1 in each job. */
  readonly sequence: number;
  readonly time: string;
  readonly type: 'state' | 'progress' | 'note';
  readonly detail: Json;
}

export interface JobTable {
  /** Durable on return. Adds its first event, of its state. */
  add(job: ServiceJob): Promise<void>;
  find(id: string): Promise<ServiceJob | null>;
  /** Newest first. */
  list(
    filter?: Page & {
      readonly states?: readonly ServiceJobState[];
      readonly kind?: string;
      readonly server?: string;
      /** Those whose approval has to come before this time. */
      readonly approvalBefore?: string;
    },
  ): Promise<Paged<ServiceJob>>;
  /** How many are in each of these states. */
  count(states: readonly ServiceJobState[]): Promise<number>;
  /**
   * Changes it, if it is in one of `from`, and adds the event of its state where that changes. Resolves to the job as
   * it is then; `null`: it was in none of them, and nothing was changed.
   */
  change(
    id: string,
    from: readonly ServiceJobState[],
    change: Partial<Omit<ServiceJob, 'id' | 'kind' | 'who' | 'from' | 'created'>>,
  ): Promise<ServiceJob | null>;
  /** Resolves to its sequence. */
  addEvent(event: Omit<ServiceJobEvent, 'sequence'>): Promise<number>;
  /** In their order, after `after`. */
  events(job: string, options?: { readonly after?: number }): Promise<readonly ServiceJobEvent[]>;
  /** Those that ended before this time, with their events. Resolves to how many. */
  forget(endedBefore: string): Promise<number>;
}

/** What a request with an Idempotency-Key was answered. */
export interface KeptAnswer {
  /** Of whom and for which route, with the key. */
  readonly key: string;
  /** HMAC of the request under the instance's key. */
  readonly digest: string;
  /** `null` while it is being answered. */
  readonly status: number | null;
  readonly headers: Json;
  readonly body: string;
  readonly created: string;
  readonly server: string;
}

export interface AnswerTable {
  /** Keeps the place of a key, or resolves to what is there already. */
  claim(
    answer: Pick<KeptAnswer, 'key' | 'digest' | 'created' | 'server'>,
  ): Promise<KeptAnswer | null>;
  complete(key: string, answer: Pick<KeptAnswer, 'status' | 'headers' | 'body'>): Promise<void>;
  /** Gives a place back: nothing was done. */
  drop(key: string): Promise<void>;
  /** Those that this server left without an answer. */
  dropUnanswered(server: string): Promise<void>;
  forget(before: string): Promise<number>;
}

/** One due time of a schedule. */
export interface ScheduleRun {
  readonly schedule: string;
  readonly due: string;
  readonly state: 'begun' | 'missed' | 'failed';
  readonly job: string | null;
  /** Why it failed or was missed, in words. */
  readonly why: string | null;
}

export interface RunTable {
  /** Takes a due time for one server: `false` when another has it. */
  claim(run: ScheduleRun): Promise<boolean>;
  update(run: ScheduleRun): Promise<void>;
  /** Newest first. */
  list(schedule: string, limit: number): Promise<readonly ScheduleRun[]>;
}

/** One message to one webhook. */
export interface Delivery {
  readonly id: string;
  readonly webhook: string;
  readonly body: string;
  readonly attempt: number;
  /** When to try next; `null`: it arrived, or nobody tries any more. */
  readonly next: string | null;
  readonly state: 'waiting' | 'delivered' | 'given-up';
  readonly created: string;
  /** What the last attempt ended with, in words. */
  readonly outcome: string | null;
}

export interface DeliveryTable {
  add(delivery: Delivery): Promise<void>;
  /** Those due by `now`, held for this server until `until`, so that no other sends them meanwhile. */
  take(now: string, until: string, limit: number): Promise<readonly Delivery[]>;
  update(delivery: Delivery): Promise<void>;
  list(limit: number): Promise<readonly Delivery[]>;
  forget(before: string): Promise<number>;
}

export interface ServiceServer {
  /** A UUID, new with each start. */
  readonly id: string;
  readonly host: string;
  readonly started: string;
  readonly seen: string;
  readonly version: string;
}

export interface ServerTable {
  /** Adds it, or tells that it is still there. */
  see(server: ServiceServer): Promise<void>;
  leave(id: string): Promise<void>;
  list(): Promise<readonly ServiceServer[]>;
}

/**
 * The line in which jobs wait for a server that has what they need. What is in it is told by the table of jobs:
 * whatever a queue loses is put in line again from there.
 */
export interface JobQueue extends AsyncDisposable {
  /** Puts a job that is `queued` in line. Twice is once. */
  send(job: Pick<ServiceJob, 'id' | 'needs' | 'server' | 'pinned'>): Promise<void>;
  /**
   * The next job that this server may run and whose needs nobody else has, with all of them taken; `null`: none now.
   * `can` says whether this server has what a need names.
   */
  claim(server: string, can: (need: string) => Promise<boolean>): Promise<ClaimedJob | null>;
  /** Calls back when it may be worth to claim again; a call too many is harmless. */
  onWork(callback: () => void): Disposable;
  /**
   * Jobs that run on servers that are gone: those that can be done again are in line again, the others are
   * `interrupted`. Resolves to the latter.
   */
  recover(gone: readonly string[]): Promise<readonly ServiceJob[]>;
}

/** A job that nobody else runs, and whose needs nobody else has, until it is disposed. */
export interface ClaimedJob extends AsyncDisposable {
  readonly job: ServiceJob;
  /** Fires when the claim is lost, because the database cannot be reached any more: stop at once. */
  readonly lost: AbortSignal;
}
