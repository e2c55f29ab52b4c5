import type { FactorSource } from '@holdfast/core';
import type { Service } from '../service.ts';
import { factorsFrom } from './factors.ts';
import { openJobSecrets, type JobSecrets } from './secrets.ts';

/** What came with requests whose jobs have not begun: in memory, and nowhere else. */
export interface HeldSecrets {
  hold(job: string, secrets: JobSecrets): void;
  /** Those of a job that begins, none if none came. The caller disposes them. */
  take(job: string): JobSecrets;
  /** Wipes those of a job that will not run. */
  drop(job: string): void;
  dropAll(): void;
  /** Ids of the jobs whose secrets wait here. */
  readonly jobs: readonly string[];
  /** What a job opens and seals with. A quorum session is used by the job itself. */
  factorsFor(secrets: JobSecrets, service: Pick<Service, 'pins'>): FactorSource;
}

export function makeHeldSecrets(): HeldSecrets {
  const held = new Map<string, JobSecrets>();
  return {
    hold(job, secrets) {
      held.set(job, secrets);
    },
    take(job) {
      const found = held.get(job) ?? openJobSecrets();
      held.delete(job);
      return found;
    },
    drop(job) {
      held.get(job)?.[Symbol.dispose]();
      held.delete(job);
    },
    get jobs() {
      return [...held.keys()];
    },
    factorsFor: (secrets, { pins }) => factorsFrom(secrets, { pins }),
    dropAll() {
      for (const secrets of held.values()) secrets[Symbol.dispose]();
      held.clear();
    },
  };
}
