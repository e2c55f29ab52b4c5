import type { Progress } from '@holdfast/core';
import type { ServiceTables } from '@holdfast/core/service';

/** Milliseconds between two that are kept, within one phase. */
const EVERY = 500;

/** Keeps what happens in a job, seldom enough, one after another. */
export interface KeptProgress {
  show(progress: Progress): void;
  note(words: string): void;
  /** Resolves when all of it is kept, or could not be. */
  end(): Promise<void>;
}

export function openProgress(
  job: string,
  jobs: ServiceTables['jobs'],
  onChange: (job: string) => void,
  onFailure: (cause: unknown) => void,
): KeptProgress {
  let keeping = Promise.resolve();
  let pending: Progress | null = null;
  let isKeeping = false;
  let last = { phase: '', at: 0 };

  function after(work: () => Promise<unknown>): void {
    keeping = keeping.then(work).then(() => {
      onChange(job);
    }, onFailure);
  }

  async function keep(): Promise<void> {
    isKeeping = false;
    const progress = pending;
    pending = null;
    if (progress === null) return;
    const { phase, done, total } = progress;
    const detail = { progress: { phase, done, total } };
    await jobs.change(job, ['running'], { progress: detail.progress });
    await jobs.addEvent({ job, time: new Date().toISOString(), type: 'progress', detail });
  }

  return {
    show(progress) {
      const now = performance.now();
      if (progress.phase === last.phase && now - last.at < EVERY) return;
      last = { phase: progress.phase, at: now };
      pending = progress;
      // What comes while one is being kept takes its place.
      if (isKeeping) return;
      isKeeping = true;
      after(keep);
    },
    note(words) {
      const note = words.slice(0, 512);
      const event = {
        job,
        time: new Date().toISOString(),
        type: 'note',
        detail: { note },
      } as const;
      after(async () => await jobs.addEvent(event));
    },
    async end() {
      await keeping;
    },
  };
}
