import { PassThrough } from 'node:stream';
import { auditPage, exportAudit, openStreamSink } from '@holdfast/core';
import type { Handlers } from '../http/handler.ts';
import { accepted } from './accepted.ts';

export const audit: Handlers<'listAudit' | 'verifyAudit' | 'exportAudit'> = {
  async listAudit({ query, service }) {
    const { rows, next } = await auditPage(query, { catalog: service.catalogAccess });
    const shown = rows.map(({ event, ...entry }) => ({ ...entry, event: { ...event } }));
    return { status: 200, json: { rows: shown, next } };
  },
  async verifyAudit({ service, principal, from }) {
    const job = { kind: 'audit', request: {}, by: principal, from };
    return accepted(await service.jobs.submit(job));
  },
  async exportAudit({ query, service, actor, signal }) {
    const bytes = new PassThrough();
    const run = service.runFor(actor, { signal });
    const write = async (): Promise<void> => {
      await using sink = openStreamSink(bytes, 'the answer', signal);
      await exportAudit({ ...query, withHead: true }, sink, run);
      bytes.end();
    };
    write().catch((cause: unknown) => {
      // What is cut off breaks the connection, so that it does not look whole.
      bytes.destroy(cause instanceof Error ? cause : new Error('the export failed'));
    });
    return await Promise.resolve({ status: 200, bytes, fileName: 'audit.jsonl' });
  },
};
