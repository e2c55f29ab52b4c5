import { verify as verifyFile } from '@holdfast/core';
import { openKnownCopy } from '@holdfast/core/service';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';
import { openingNeeds } from './opening.ts';

const request = z.strictObject({
  backup: z.string(),
  copy: z.string().optional(),
  with: z.enum(['structure', 'everything']),
  token: z.string().optional(),
});

/** Reads every byte of a copy, and opens it too where that was asked for. */
export const verify: JobKind<z.infer<typeof request>> = {
  kind: 'verify',
  request,
  about: ({ backup }) => ({ backup }),
  needs: openingNeeds,
  repeatable: true,
  async run({ backup, copy, with: what, token }, { run }) {
    await using found = await openKnownCopy({ backup, copy }, run);
    const asked = { from: found.path, withFactors: what === 'everything', token };
    const verification = await verifyFile(asked, run, found.place);
    return { result: { where: found.where, ...verification } };
  },
};
