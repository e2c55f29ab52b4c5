import { changeEnvelopes, coreError } from '@holdfast/core';
import { openKnownCopy } from '@holdfast/core/service';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';
import { openingNeeds } from './opening.ts';

const request = z.strictObject({
  backup: z.string(),
  copy: z.string().optional(),
  add: z.array(z.string()).optional(),
  remove: z.array(z.number()).optional(),
  replace: z.strictObject({ index: z.number(), expression: z.string() }).optional(),
  replacePassword: z.boolean().optional(),
  hint: z.string().optional(),
  allowWeakPassword: z.boolean().optional(),
  allowSinglePointOfFailure: z.boolean().optional(),
  token: z.string().optional(),
});

/** Changes who can open one copy of a backup: its next generation takes its place once it is proven. */
export const envelopes: JobKind<z.infer<typeof request>> = {
  kind: 'envelopes',
  request,
  about: ({ backup }) => ({ backup }),
  needs: ({ backup, ...asked }) => [`backup:${backup}`, ...openingNeeds(asked)],
  repeatable: false,
  async run({ backup, copy, ...change }, work) {
    const { run } = work;
    await using found = await openKnownCopy({ backup, copy }, run);
    if (found.row.place.kind !== 'folder') {
      const message = 'this copy lies on a medium: change one in a folder, and copy it there';
      throw coreError('USAGE', message);
    }
    const { requireToken, workFactor } = work.service.config.backup;
    const asked = {
      ...{ path: found.path, requireToken, ...change },
      ...(workFactor !== null && { workFactor }),
    };
    return { result: { ...(await changeEnvelopes(asked, run)) } };
  },
};
