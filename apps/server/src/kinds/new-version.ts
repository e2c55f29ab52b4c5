import { backupToMedia, Secret, storeOf } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';
import { outcomeOf } from './backup.ts';
import { sealingFor, sealingNeeds, sealingRequest, targetsOf } from './sealing.ts';

const request = z.strictObject({ secret: z.string(), bytes: z.number(), ...sealingRequest });

/** A new value in the store, taken into use only when its backup is whole. */
function newVersion(mode: 'generate' | 'rotate'): JobKind<z.infer<typeof request>> {
  return {
    kind: mode,
    request,
    about: ({ secret }) => ({ secret }),
    needs: async ({ secret, bytes: _, ...asked }, service) => [
      `secret:${secret}`,
      ...(await sealingNeeds(asked, secret, service)),
    ],
    repeatable: false,
    async run({ secret, bytes, ...asked }, { run, service }) {
      using value = Secret.random(bytes);
      await using staged = await storeOf(run.instance, run).stage(secret, value, mode);
      const to = await targetsOf(asked.to, service, run);
      const sealing = sealingFor(asked, secret, service.config);
      const source = staged.source();
      const report = await backupToMedia({ ...sealing, source, to }, run);
      return outcomeOf(report, { version: await staged.commit() });
    },
  };
}

export const generate = newVersion('generate');
export const rotate = newVersion('rotate');
