import type { Readable } from 'node:stream';
import { coreError, parseRecipient } from '@holdfast/core';
import type { BackupRow, Catalog } from '@holdfast/core/service';
import { serverError } from '../errors.ts';
import type { Handlers } from '../http/handler.ts';
import { targetNamed } from '../kinds/restore.ts';
import type { Purpose, Quorum, QuorumSession } from '../quorum/ports.ts';
import { quorumEvent } from '../quorum/quorum-event.ts';
import { factorsInWords } from './factors-in-words.ts';

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
    else parseRecipient(purpose.recipient);
    const known = await quorumsOf(backup, await service.catalog());
    const about = { backup, ...known, purpose };
    const begun = service.sessions.begin({ ...about, by: principal, within });
    const { invitation, ...session } = begun;
    await service.catalogAccess.as(actor).recorder.record([quorumEvent('quorum.begin', session)]);
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
    const recorded = { ...quorumEvent('quorum.share', session), custodian };
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
  async endQuorum({ params, service, actor }) {
    service.sessions.end(params.id, 'ended', actor);
    return await Promise.resolve({ status: 200, json: shown(service.sessions.find(params.id)) });
  },
};

/** Of one backup; each change of its envelopes makes one. */
const MOST_GENERATIONS = 1000;

type QuorumFactor = Extract<
  BackupRow['envelopes'][number]['factors'][number],
  { readonly kind: 'quorum' }
>;

function shown({ shares, quorums, ...session }: QuorumSession) {
  return {
    ...session,
    quorums: quorums.map((each) => ({
      ...each,
      custodians: each.custodians.map((custodian) => ({ ...custodian })),
    })),
    shares: shares.map((share) => ({ ...share })),
  };
}

/**
 * Of each generation that is known: a copy of a former one opens with its own shares.
 *
 * @throws BACKUP_NOT_FOUND, QUORUM_INVALID when no quorum opens it
 */
async function quorumsOf(
  backup: string,
  catalog: Catalog,
): Promise<{ readonly secret: string | null; readonly quorums: readonly Quorum[] }> {
  const { rows } = await catalog.backups({ id: backup, limit: MOST_GENERATIONS });
  const [newest] = rows;
  if (newest === undefined) throw coreError('BACKUP_NOT_FOUND', 'nobody knows this backup');
  const quorums = rows.flatMap(({ generation, envelopes }) =>
    envelopes.flatMap(({ index, factors }) =>
      factors.flatMap((factor) =>
        factor.kind === 'quorum' ? [quorumOf(factor, { generation, envelope: index })] : [],
      ),
    ),
  );
  if (quorums.length > 0) return { secret: newest.secret, quorums };
  throw coreError('QUORUM_INVALID', 'no envelope of this backup is for a quorum');
}

function quorumOf(
  { threshold, custodians }: QuorumFactor,
  place: { readonly generation: number; readonly envelope: number },
): Quorum {
  const named = custodians.map(({ name, factors }) => ({ name, factors: factorsInWords(factors) }));
  return { ...place, threshold, custodians: named };
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
