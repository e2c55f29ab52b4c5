import { assertAllCopies, backupToMedia, HoldfastError } from '@holdfast/core';
import { liveSource } from '@holdfast/core/service';
import { z } from 'zod';
import type { JobKind, Outcome } from '../jobs/kind.ts';
import { sealingFor, sealingNeeds, sealingRequest, targetsOf } from './sealing.ts';
import type { CopiesReport } from '@holdfast/core';

const request = z.strictObject({ secret: z.string(), ...sealingRequest });

/** Backs a secret up, from wherever it lives. */
export const backup: JobKind<z.infer<typeof request>> = {
  kind: 'backup',
  request,
  about: ({ secret }) => ({ secret }),
  needs: async ({ secret, ...asked }, service) => await sealingNeeds(asked, secret, service),
  // What was sealed stands, but nobody would know that it was asked for once only.
  repeatable: true,
  async run({ secret, ...asked }, { run, service }) {
    const { config } = service;
    const wanted = Object.hasOwn(config.secrets, secret) ? config.secrets[secret]?.source : null;
    const source = await liveSource(
      { kind: 'known' },
      { name: secret, wanted: wanted ?? null },
      run,
    );
    const to = await targetsOf(asked.to, service, run);
    const sealing = sealingFor(asked, secret, config);
    return outcomeOf(await backupToMedia({ ...sealing, source, to }, run));
  },
};

/** Copies that failed beside others that stand are told, and the job has failed. */
export function outcomeOf(report: CopiesReport, more: object = {}): Outcome {
  const told = { result: { ...more, ...report }, backup: report.id };
  try {
    assertAllCopies(report);
    return told;
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    const { code, message, remedy } = cause as HoldfastError;
    return { ...told, failure: { code, message, remedy } };
  }
}
