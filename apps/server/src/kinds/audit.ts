import { assertAuditSound, HoldfastError, verifyAudit } from '@holdfast/core';
import { z } from 'zod';
import type { JobKind } from '../jobs/kind.ts';

/** Reads the whole audit log, and says what is wrong with it. */
export const audit: JobKind<Record<string, never>> = {
  kind: 'audit',
  request: z.strictObject({}),
  about: () => ({}),
  needs: () => [],
  repeatable: true,
  async run(_, { run }) {
    const report = await verifyAudit(run);
    if (report === null) return { result: { entries: 0, faults: [] } };
    const result = { ...report };
    try {
      assertAuditSound(report);
      return { result };
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause;
      const { code, message, remedy } = cause as HoldfastError;
      return { result, failure: { code, message, remedy } };
    }
  },
};
