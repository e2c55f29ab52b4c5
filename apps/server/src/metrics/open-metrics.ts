import { metricsText, status } from '@holdfast/core';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Load } from '../http/load.ts';
import type { Answered } from '../http/app-parts.ts';
import { JOB_STATES } from '@holdfast/api';
import type { Service } from '../service.ts';

/** The status is found at most so often, however often somebody asks. In milliseconds. */
const STATUS_EVERY = 60_000;

/** What Prometheus is told of a server. */
export interface Metrics {
  readonly contentType: string;
  answered(answer: Answered): void;
  text(): Promise<string>;
}

export function metricsOf(service: Service, load: Load): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'holdfast_http_request_duration_seconds',
    help: 'How long requests took, by route and status.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'holdfast_http_requests_in_work',
    help: 'Requests that are being answered.',
    registers: [registry],
    collect() {
      this.set(load.requests);
    },
  });
  new Gauge({
    name: 'holdfast_http_listeners',
    help: 'Listeners to events.',
    registers: [registry],
    collect() {
      this.set(load.listeners);
    },
  });
  new Gauge({
    name: 'holdfast_jobs',
    help: 'Jobs that are kept, by state.',
    labelNames: ['state'] as const,
    registers: [registry],
    async collect() {
      const { jobs } = (await service.catalog()).service;
      for (const state of JOB_STATES) this.set({ state }, await jobs.count([state]));
    },
  });

  let found: { readonly text: Promise<string>; readonly at: number } | null = null;
  const statusText = async (): Promise<string> => {
    if (found === null || performance.now() - found.at > STATUS_EVERY) {
      const { policies, secrets } = service.config;
      const who = { who: 'the service', from: 'itself' };
      const run = service.runFor(who, { signal: service.stopping });
      const text = status({ policies, secrets }, run).then(metricsText);
      found = { text, at: performance.now() };
    }
    return await found.text.catch((cause: unknown) => {
      found = null;
      throw cause;
    });
  };

  return {
    contentType: registry.contentType,
    answered({ route, method, status: answered, seconds }) {
      // A method can be any word: only those there are get a series.
      const known = KNOWN.has(method) ? method : 'other';
      requests.observe({ route, method: known, status: String(answered) }, seconds);
    },
    text: async () => `${await registry.metrics()}\n${await statusText()}`,
  };
}

const KNOWN = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
