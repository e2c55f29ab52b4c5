import { randomUUID } from 'node:crypto';
import type { Config, Finding, StatusReport, WebhookEvent } from '@holdfast/core';
import type { Delivery, ServiceJob } from '@holdfast/core/service';

/** What a webhook is told. */
export interface Message {
  readonly type: WebhookEvent;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the end of a job is worth telling; `null`: nothing. */
export function aboutJob(job: ServiceJob): Message | null {
  const { id, kind, state, secret, backup, who, ended, failure, result } = job;
  const timestamp = ended ?? new Date().toISOString();
  const data = { job: id, kind, state, secret, backup, who };
  if (kind === 'drill-reminder' && state === 'finished') {
    const due = (result?.['due'] ?? []) as readonly unknown[];
    return due.length === 0 ? null : { type: 'drill.due', timestamp, data: { ...data, due } };
  }
  if (state === 'finished') return { type: 'job.finished', timestamp, data };
  if (state === 'failed' || state === 'interrupted') {
    return { type: 'job.failed', timestamp, data: { ...data, failure } };
  }
  return null;
}

export function aboutStatus({ time, host, findings }: StatusReport): Message {
  const critical = findings.filter(({ severity }: Finding) => severity === 'critical');
  const data = {
    host,
    findings: critical.map(({ code, secret, words }) => ({ code, secret, words })),
  };
  return { type: 'status.red', timestamp: time, data };
}

/** One delivery for each webhook that wants to be told. */
export function deliveriesOf(message: Message, { server }: Config): readonly Delivery[] {
  const body = JSON.stringify(message);
  return Object.entries(server.webhooks)
    .filter(([, { events }]) => events.includes(message.type))
    .map(([webhook]) => ({
      ...{ id: randomUUID(), webhook, body, attempt: 0 },
      ...{ next: message.timestamp, state: 'waiting', created: message.timestamp, outcome: null },
    }));
}
