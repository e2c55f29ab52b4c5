import type { Readable } from 'node:stream';
import { coreError } from '@holdfast/core';
import type { Catalog } from '@holdfast/core/service';
import { serverError } from '../errors.ts';
import type { Handlers } from '../http/handler.ts';
import { targetNamed } from '../kinds/restore.ts';
import type { Purpose, QuorumSession } from '../quorum/ports.ts';

export const quorum: Handlers<
  'listQuorums' | 'beginQuorum' | 'showQuorum' | 'addShare' | 'fetchShares' | 'endQuorum'
> = {
  async listQuorums({ service }) {
    return await Promise.resolve({
      status: 200,
      json: { rows: service.sessions.list().map(shown) },
    });
  },
  async beginQuorum({ body, service, principal, actor }) {
    const { backup, to, within } = body;
    const purpose: Purpose =
      'target' in to
        ? { kind: 'restore', target: to.target }
        : { kind: 'relay', recipient: to.recipient };
    if (purpose.kind === 'restore') targetNamed(purpose.target, service);
    const secret = await secretOf(backup, await service.catalog());
    const begun = service.sessions.begin({ backup, secret, purpose, by: principal, within });
    const { invitation, ...session } = begun;
    await service.catalogAccess.as(actor).recorder.record([event('quorum.begin', session)]);
    return { status: 201, json: { session: shown(session), invitation } };
  },
  async showQuorum({ params, service }) {
    return await Promise.resolve({ status: 200, json: shown(service.sessions.find(params.id)) });
  },
  async addShare({ params, stream, service, actor }) {
    const bytes = await readAll(stream);
    const session = service.sessions.add(params.id, params.custodian, bytes);
    bytes.fill(0);
    const { custodian } = params;
    const recorded = { ...event('quorum.share', session), custodian };
    await service.catalogAccess.as(actor).recorder.record([recorded]);
    return { status: 200, json: shown(session) };
  },
  async fetchShares({ params, service, principal }) {
    const session = service.sessions.find(params.id);
    if (session.purpose.kind !== 'relay' || session.who !== principal.name) {
      const message = 'only whoever began a session for a recipient of theirs gets its shares';
      throw serverError('FORBIDDEN', message);
    }
    const rows = service.sessions.sealed(params.id).map(({ custodian, bytes }) => ({
      custodian,
      share: Buffer.from(bytes).toString('latin1'),
    }));
    return await Promise.resolve({ status: 200, json: { rows } });
  },
  async endQuorum({ params, service }) {
    service.sessions.end(params.id, 'ended');
    return await Promise.resolve({ status: 200, json: shown(service.sessions.find(params.id)) });
  },
};

function shown({ shares, ...session }: QuorumSession) {
  return { ...session, shares: shares.map((share) => ({ ...share })) };
}

function event(action: 'quorum.begin' | 'quorum.share', session: QuorumSession) {
  const { id, backup, secret, purpose } = session;
  const words = purpose.kind === 'relay' ? 'relay' : `restore to ${purpose.target}`;
  return {
    ...{ action, outcome: 'ok', backup },
    ...(secret !== null && { secret }),
    detail: { session: id, purpose: words },
  };
}

/** @throws BACKUP_NOT_FOUND, QUORUM_INVALID when no quorum opens it */
async function secretOf(backup: string, catalog: Catalog): Promise<string | null> {
  const [newest] = (await catalog.backups({ id: backup, limit: 1 })).rows;
  if (newest === undefined) throw coreError('BACKUP_NOT_FOUND', 'nobody knows this backup');
  const hasQuorum = newest.envelopes.some(({ factors }) =>
    factors.some(({ kind }) => kind === 'quorum'),
  );
  if (hasQuorum) return newest.secret;
  throw coreError('QUORUM_INVALID', 'no envelope of this backup is for a quorum');
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
