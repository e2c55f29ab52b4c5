import { status as findStatus, type StatusReport } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { accepted } from './accepted.ts';

export const status: Handlers<'getStatus' | 'compareLive'> = {
  async getStatus({ query, service, actor, signal }) {
    const { policies, secrets } = service.config;
    const run = service.runFor(actor, { signal });
    const asked = { only: query.secret, live: query.live, policies, secrets };
    return { status: 200, json: shown(await findStatus(asked, run)) };
  },
  async compareLive({ params, service, principal, from }) {
    const job = { kind: 'compare', request: { secret: params.name }, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
};

/** The same, as lists that may be written to. */
function shown({ secrets, media, findings, ...report }: StatusReport) {
  return {
    ...report,
    secrets: secrets.map((it) => ({ ...it })),
    media: media.map((it) => ({ ...it })),
    findings: [...findings],
  };
}
