import { status } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';

const request = z.strictObject({ secret: z.string() });

/** Reads a live secret, and says whether it is the one that was backed up last. */
export const compare: JobKind<z.infer<typeof request>> = {
  kind: 'compare',
  request,
  about: ({ secret }) => ({ secret }),
  needs: () => [],
  repeatable: true,
  async run({ secret }, { run, service }) {
    const { policies, secrets } = service.config;
    const report = await status({ only: [secret], live: 'all', policies, secrets }, run);
    return { result: { live: report.secrets[0]?.live ?? null, findings: report.findings } };
  },
};
