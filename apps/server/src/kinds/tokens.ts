import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';

const enrolment = z.strictObject({ alias: z.string(), uri: z.string(), replace: z.boolean() });

/** Proves a key by using it, and records it. */
export const enroll: JobKind<z.infer<typeof enrolment>> = {
  kind: 'token-enroll',
  request: enrolment,
  about: () => ({}),
  needs: ({ alias }) => [`enrolment:${alias}`],
  repeatable: false,
  async run({ alias, uri, replace }, { run, signal }) {
    const tokens = await run.tokens.open();
    return { result: { ...(await tokens.enroll(alias, uri, { replace, signal })) } };
  },
};

const tested = z.strictObject({ alias: z.string() });

/** Proves a key again. */
export const testToken: JobKind<z.infer<typeof tested>> = {
  kind: 'token-test',
  request: tested,
  about: () => ({}),
  needs: ({ alias }) => [`token:${alias}`],
  repeatable: false,
  async run({ alias }, { run, signal }) {
    return { result: { ...(await (await run.tokens.open()).test(alias, { signal })) } };
  },
};
