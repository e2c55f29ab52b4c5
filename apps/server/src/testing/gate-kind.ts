import { coreError, throwIfCancelled } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';
import type { JobSecrets } from '../jobs/secrets.ts';

const request = z.strictObject({
  name: z.string(),
  needs: z.array(z.string()).default([]),
  then: z.enum(['finish', 'fail', 'throw']).default('finish'),
});

/** Jobs that run until the test lets them go on. */
export interface Gate {
  readonly kind: JobKind;
  /** Names of those that have begun, in their order. */
  readonly begun: readonly string[];
  /** What came with each, as the job had it. */
  readonly secrets: ReadonlyMap<string, JobSecrets>;
  open(name: string): void;
}

export function makeGate(repeatable = true): Gate {
  const begun: string[] = [];
  const secrets = new Map<string, JobSecrets>();
  const waiting = new Map<string, () => void>();
  const opened = new Set<string>();
  const kind: JobKind<z.infer<typeof request>> = {
    kind: 'gate',
    request,
    about: ({ name }) => ({ secret: name }),
    needs: ({ needs }) => needs,
    repeatable,
    async run({ name, then }, work) {
      begun.push(name);
      secrets.set(name, work.secrets);
      work.onProgress({ phase: 'sealing', done: 1, total: 2 });
      work.note('at the gate');
      await new Promise<void>((resolve) => {
        if (opened.has(name)) resolve();
        waiting.set(name, resolve);
        work.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      throwIfCancelled(work.signal);
      if (then === 'fail') throw coreError('BACKUP_DAMAGED', 'as it was asked to');
      if (then === 'throw') throw new Error('a defect with a secret in it: hunter2-4711');
      return { result: { name } };
    },
  };
  return {
    kind,
    ...{ begun, secrets },
    open(name) {
      opened.add(name);
      waiting.get(name)?.();
    },
  };
}
