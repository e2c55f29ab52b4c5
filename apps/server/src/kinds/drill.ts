import { drill as drillCopy } from '@holdfast/core';
import { openKnownCopy } from '@holdfast/core/service';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';
import { openingNeeds } from './opening.ts';

const request = z.strictObject({
  backup: z.string(),
  copy: z.string().optional(),
  envelope: z.number().optional(),
  live: z.boolean(),
  token: z.string().optional(),
});

/** Rehearses a restore of a copy, and leaves a signed receipt of what that showed. */
export const drill: JobKind<z.infer<typeof request>> = {
  kind: 'drill',
  request,
  about: ({ backup }) => ({ backup }),
  needs: openingNeeds,
  repeatable: false,
  async run({ backup, copy, envelope, live, token }, work) {
    const { run } = work;
    const from = await givenCopy({ backup, copy }, run);
    const { policies, secrets, requireSigned } = work.service.config;
    const report = await drillCopy(
      {
        ...{ from, token, policies, secrets, requireSigned, who: work.job.who },
        which: envelope === undefined ? { kind: 'any' } : { kind: 'one', index: envelope },
        ...(live && { live: { kind: 'known' } as const }),
      },
      run,
    );
    const { failure, kept: _, ...told } = report;
    return { result: { ...told, failure }, ...(failure !== null && { failure }) };
  },
};

/** The medium is let go again, for the drill to mount it by itself and read past what the system remembers. */
async function givenCopy(...asked: Parameters<typeof openKnownCopy>) {
  await using found = await openKnownCopy(...asked);
  return found.given;
}
