import { chooseVolumes, parseSelector } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';

const request = z.strictObject({ medium: z.string() });

/** Unmounts a medium and switches it off. Nobody else writes to it meanwhile. */
export const eject: JobKind<z.infer<typeof request>> = {
  kind: 'eject',
  request,
  about: () => ({}),
  needs: ({ medium }) => [`medium:${medium}`],
  repeatable: false,
  async run({ medium }, { run }) {
    const selector = parseSelector(`usb:${medium}`);
    const [chosen] = await chooseVolumes({ selector, count: 1, access: 'read' }, run);
    if (chosen !== undefined) await run.media.eject(chosen.medium);
    return { result: { ejected: chosen?.medium.node ?? null } };
  },
};
