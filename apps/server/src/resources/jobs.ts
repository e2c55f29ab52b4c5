import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServiceJobEvent } from '@holdfast/core/service';
import type { Handlers } from '../http/handler.ts';
import { shownJob } from './shown-job.ts';

export const jobs: Handlers<
  'listJobs' | 'showJob' | 'followJob' | 'cancelJob' | 'approveJob' | 'rejectJob' | 'fetchJobFile'
> = {
  async listJobs({ query, service }) {
    const { state, kind, ...page } = query;
    const catalog = await service.catalog();
    const found = await catalog.service.jobs.list({
      ...page,
      ...(state !== undefined && { states: [state] }),
      ...(kind !== undefined && { kind }),
    });
    return { status: 200, json: { rows: found.rows.map(shownJob), next: found.next } };
  },
  async showJob({ params, service }) {
    return { status: 200, json: shownJob(await service.jobs.find(params.id)) };
  },
  async followJob({ params, service, signal, lastEventId }) {
    await service.jobs.find(params.id);
    const after = Number(lastEventId ?? 0);
    const events = service.jobs.follow(params.id, {
      signal,
      after: Number.isSafeInteger(after) ? after : 0,
    });
    return { status: 200, events: asSent(events) };
  },
  async cancelJob({ params, service, principal, from }) {
    return { status: 202, json: shownJob(await service.jobs.cancel(params.id, principal, from)) };
  },
  async approveJob({ params, service, principal, from }) {
    return { status: 202, json: shownJob(await service.jobs.approve(params.id, principal, from)) };
  },
  async rejectJob({ params, service, principal, from }) {
    return { status: 200, json: shownJob(await service.jobs.reject(params.id, principal, from)) };
  },
  async fetchJobFile({ params, service, principal }) {
    const path = await service.jobs.file(params.id, principal);
    const { size } = await stat(path);
    return { status: 200, bytes: createReadStream(path), size, fileName: `${params.id}.age` };
  },
};

async function* asSent(
  events: AsyncIterable<ServiceJobEvent>,
): AsyncGenerator<{ id: string; data: unknown }> {
  for await (const { sequence, time, type, detail } of events) {
    const { server: _, ...told } = detail;
    yield { id: String(sequence), data: { sequence, time, type, ...told } };
  }
}
