import type {
  CatalogAccess,
  CommonTokenAccess,
  Config,
  FactorSource,
  Instance,
  Media,
  Progress,
  Run,
} from '@holdfast/core';
import type { Catalog } from '@holdfast/core/service';
import type { Logger } from 'pino';
import type { BrowserSessions } from './auth/browser-sessions.ts';
import type { Actor } from './auth/principal.ts';
import type { JobDesk } from './jobs/ports.ts';
import type { PinAgent } from './pins/pin-agent.ts';
import type { QuorumSessions } from './quorum/ports.ts';

/** Everything that requests and jobs share, for as long as the program runs. */
export interface Service {
  /** A UUID, new with each start. */
  readonly id: string;
  readonly config: Config;
  readonly instance: Instance;
  readonly log: Logger;
  /** Attributed to the service itself; `as` gives it to somebody else. */
  readonly catalogAccess: CatalogAccess;
  readonly tokens: CommonTokenAccess;
  readonly media: Media;
  readonly pins: PinAgent;
  readonly jobs: JobDesk;
  readonly sessions: QuorumSessions;
  readonly browserSessions: BrowserSessions;
  /** Fires when the program is asked to end. */
  readonly stopping: AbortSignal;
  catalog(this: void): Promise<Catalog>;
  /** What a use case runs with, done in somebody's name. */
  runFor(this: void, who: Actor, options: RunOptions): ServiceRun;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Without it: nothing opens anything, and nobody is asked. */
  readonly factors?: FactorSource | undefined;
  readonly job?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

type Given = 'catalog' | 'recorder' | 'custodians' | 'tokens' | 'media' | 'signal';
export type ServiceRun = Run & { readonly [Name in Given]-?: NonNullable<Run[Name]> };
