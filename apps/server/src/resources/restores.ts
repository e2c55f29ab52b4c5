import { coreError, parseEnvelope, parseRecipient, showDrill } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { targetNamed } from '../kinds/restore.ts';
import { accepted } from './accepted.ts';

export const restores: Handlers<
  'createRestore' | 'changeEnvelopes' | 'listDrills' | 'showDrill' | 'createDrill'
> = {
  async createRestore({ body, service, principal, from, mustApprove }) {
    const { password, identities, custodianPasswords, session, ...request } = body;
    if ('target' in request.to) targetNamed(request.to.target, service);
    else parseRecipient(request.to.recipient);
    if (session !== undefined) service.sessions.find(session);
    const secrets = { password, identities, custodianPasswords, session };
    const job = { kind: 'restore', request, secrets, by: principal, from };
    return accepted(await service.jobs.submit({ ...job, fourEyes: mustApprove }));
  },
  async changeEnvelopes({ params, body, service, principal, from, mustApprove }) {
    const { password, newPassword, identities, custodianPasswords, ...change } = body;
    const { add = [], remove = [], replace, replacePassword } = change;
    const isNothing =
      add.length === 0 && remove.length === 0 && replace === undefined && !replacePassword;
    if (isNothing) throw coreError('USAGE', 'say what to add, remove or replace');
    for (const expression of [...add, ...(replace ? [replace.expression] : [])]) {
      parseEnvelope(expression);
    }
    const secrets = { password, newPassword, identities, custodianPasswords };
    const request = { backup: params.id, ...change };
    const job = { kind: 'envelopes', request, secrets, by: principal, from };
    return accepted(await service.jobs.submit({ ...job, fourEyes: mustApprove }));
  },
  async listDrills({ query, service }) {
    const { secret, ...page } = query;
    const catalog = await service.catalog();
    const found = await catalog.drills({ ...page, ...(secret !== undefined && { secret }) });
    const rows = found.rows.map(({ receipt: _, signature: __, custodians, ...row }) => ({
      ...row,
      custodians: [...custodians],
    }));
    return { status: 200, json: { rows, next: found.next } };
  },
  async showDrill({ params, service, actor, signal }) {
    const run = service.runFor(actor, { signal });
    const { receipt, text, signature, signer, principal } = await showDrill(params.id, run);
    const signedBy = { fingerprint: signer.fingerprint, principal };
    const json = { receipt: { ...receipt }, text, signature, signer: signedBy };
    return { status: 200, json };
  },
  async createDrill({ body, service, principal, from }) {
    const { password, identities, custodianPasswords, ...request } = body;
    const secrets = { password, identities, custodianPasswords };
    const job = { kind: 'drill', request, secrets, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
};
