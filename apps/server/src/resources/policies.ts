import { checkPolicies } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { shownLosses } from './shown-losses.ts';

export const policies: Handlers<'listPolicies' | 'checkPolicies'> = {
  async listPolicies({ service }) {
    const rows = Object.values(service.config.policies).map((policy) => ({
      ...policy,
      envelopes: [...policy.envelopes],
      waive: [...policy.waive],
    }));
    return await Promise.resolve({ status: 200, json: { rows } });
  },
  async checkPolicies({ query, service, actor, signal }) {
    const what =
      query.policy === undefined
        ? ({ kind: 'all', older: query.older === 'true' } as const)
        : ({ kind: 'policy', name: query.policy } as const);
    const run = service.runFor(actor, { signal });
    const report = await checkPolicies({ ...service.config, what }, run);
    const { neverBackedUp, violated } = report;
    return {
      status: 200,
      json: {
        policies: report.policies.map(({ policy, ...it }) => ({
          ...it,
          policy: { ...policy, envelopes: [...policy.envelopes] },
          secrets: [...it.secrets],
          losses: shownLosses(it.losses),
          violations: it.violations.map((violation) => ({ ...violation })),
          unknownCustodians: [...it.unknownCustodians],
        })),
        backups: report.backups.map((it) => ({
          ...it,
          losses: shownLosses(it.losses),
          violations: it.violations.map((violation) => ({ ...violation })),
        })),
        neverBackedUp: [...neverBackedUp],
        violated,
      },
    };
  },
};
