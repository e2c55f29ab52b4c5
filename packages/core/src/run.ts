import type { Instance } from './instance/instance.ts';
import type { Media } from '@holdfast/media';
import type { CustodianBook, FactorSource, MediumSource, Progress, Recorder } from './ports.ts';
import type { CatalogAccess } from './record/catalog-access.ts';
import type { TokenAccess } from './tokens/access.ts';

/** What every use case runs with: who acts, with what, and how the caller follows or stops it. */
export interface Run {
  readonly instance: Instance;
  readonly factors: FactorSource;
  /** The tokens that can be reached; without it, nothing is sealed to a token or opened with one. */
  readonly tokens?: TokenAccess | undefined;
  /** The sticks that can be plugged in; without it, no use case looks for one. */
  readonly media?: Media | undefined;
  /** Who is asked about them. */
  readonly mediumSource?: MediumSource | undefined;
  /** What was done here; for those use cases that ask for it. */
  readonly catalog?: CatalogAccess | undefined;
  /** Whom a quorum may name; without it, nobody. */
  readonly custodians?: CustodianBook | undefined;
  /** Keeps what is done; without it, nothing is recorded. */
  readonly recorder?: Recorder | undefined;
  /** What the audit log calls the work that is begun with this run; a name of its own, without it. */
  readonly job?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The options that long work on a payload takes, for one phase of this run. */
export function following(
  run: Pick<Run, 'signal' | 'onProgress'>,
  phase: Progress['phase'],
  total: number | null,
): { signal?: AbortSignal; onProgress?: (done: number) => void } {
  const { signal, onProgress } = run;
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (done: number) => {
        onProgress({ phase, done, total });
      },
    }),
  };
}
