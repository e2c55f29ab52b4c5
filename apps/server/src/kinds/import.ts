import { coreError, storeOf } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';

const request = z.strictObject({ secret: z.string() });

/** Takes a value into the store that came with its request, and is in memory only. */
export const importSecret: JobKind<z.infer<typeof request>> = {
  kind: 'import',
  request,
  about: ({ secret }) => ({ secret }),
  needs: ({ secret }) => [`secret:${secret}`],
  repeatable: false,
  async run({ secret }, { run, secrets }) {
    if (secrets.value === null) throw coreError('SOURCE_EMPTY', 'no value came with the request');
    return { result: await storeOf(run.instance, run).import(secret, secrets.value) };
  },
};
