import type { Json, ServiceJob } from '@holdfast/core/service';
import type { Progress } from '@holdfast/core';
import type { z } from 'zod';
import type { Service, ServiceRun } from '../service.ts';
import type { JobSecrets } from './secrets.ts';

/** One kind of long work. `Request` is kept in the catalog as JSON: nothing secret is in it. */
export interface JobKind<Request extends Json = Json> {
  readonly kind: string;
  /** What is kept, checked again when it is read. */
  readonly request: z.ZodType<Request>;
  /** What it is about, for lists. */
  about(request: Request): { readonly secret?: string; readonly backup?: string };
  /**
   * What it needs for itself alone while it runs: `medium:SELECTOR`, `folder:NAME`, `token:ALIAS`, `secret:NAME`.
   * A server runs it only when it has them all.
   */
  needs(request: Request, service: Service): Promise<readonly string[]> | readonly string[];
  /** Whether it may be done once more when its server was lost: it leaves nothing half done. */
  readonly repeatable: boolean;
  /** Does it. What it throws is how it failed. */
  run(request: Request, work: Work): Promise<Outcome>;
}

/** What a job is run with. */
export interface Work {
  readonly job: ServiceJob;
  readonly service: Service;
  /** Passwords and identities that came with the request; wiped when the job ends. */
  readonly secrets: JobSecrets;
  readonly run: ServiceRun;
  readonly signal: AbortSignal;
  onProgress(this: void, progress: Progress): void;
  /** Tells something in words to whoever follows. */
  note(this: void, words: string): void;
  /** Path of a new file, not there yet, that the caller may fetch afterwards. */
  resultFile(this: void): Promise<string>;
}

export interface Outcome {
  /** JSON; nothing secret. */
  readonly result: Json;
  /** Of the backup that was made. */
  readonly backup?: string | undefined;
  /** What it did not do although it ended: the job has failed then, and its result still tells. */
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy: string };
}
