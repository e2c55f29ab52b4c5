import { status } from '@holdfast/core';
import type { Service } from '../service.ts';
import { aboutJob, aboutStatus, deliveriesOf, type Message } from './messages.ts';
import { attempt } from './send.ts';

const TICK = 2000;
const AT_ONCE = 8;
/** How long a delivery is held while it is tried; longer than an attempt takes. */
const HOLD = 60_000;
const STATUS_EVERY = 5 * 60_000;
const KEPT = 30 * 86_400_000;
/** What the catalog calls the looks at the status, of which one server does each. */
const STATUS = '@status';

/** Tells webhooks what happens, until it is disposed. What does not arrive is tried again, after a restart too. */
export function openOutbox(service: Service): AsyncDisposable {
  if (Object.keys(service.config.server.webhooks).length === 0) {
    return { [Symbol.asyncDispose]: async () => await Promise.resolve() };
  }
  const ended = new AbortController();
  let running = Promise.resolve();
  const after = (work: () => Promise<unknown>): void => {
    running = running.then(work).then(
      () => undefined,
      (cause: unknown) => {
        if (!ended.signal.aborted) service.log.error({ err: cause }, 'webhooks could not be told');
      },
    );
  };
  const listening = service.jobs.onEnded((job) => {
    const message = aboutJob(job);
    if (message === null) return;
    after(async () => {
      await keep(message, service);
    });
  });
  let waiting = false;
  const timers = [
    setInterval(() => {
      if (waiting) return;
      waiting = true;
      after(async () => {
        waiting = false;
        await deliver(service, ended.signal);
      });
    }, TICK),
    setInterval(() => {
      after(async () => {
        await lookAtStatus(service, new Date());
      });
    }, STATUS_EVERY),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      timers.forEach(clearInterval);
      ended.abort();
      await running;
    },
  };
}

async function keep(message: Message, service: Service): Promise<void> {
  const { deliveries } = (await service.catalog()).service;
  for (const delivery of deliveriesOf(message, service.config)) await deliveries.add(delivery);
}

/** Tries what is due. */
export async function deliver(service: Service, signal: AbortSignal): Promise<void> {
  const { deliveries } = (await service.catalog()).service;
  const now = Date.now();
  const until = new Date(now + HOLD).toISOString();
  const due = await deliveries.take(new Date(now).toISOString(), until, AT_ONCE);
  const { webhooks } = service.config.server;
  await Promise.all(
    due.map(async (delivery) => {
      const { webhook } = delivery;
      const to = Object.hasOwn(webhooks, webhook) ? webhooks[webhook] : undefined;
      const done = await attempt(delivery, to, signal);
      await deliveries.update(done);
      if (done.state === 'given-up') {
        service.log.error(
          { webhook, delivery: done.id, outcome: done.outcome },
          'gave a webhook up',
        );
      }
    }),
  );
}

/** Tells when the status has become red since it was looked at last. */
export async function lookAtStatus(service: Service, now: Date): Promise<void> {
  const { runs, deliveries } = (await service.catalog()).service;
  const due = new Date(Math.floor(now.getTime() / STATUS_EVERY) * STATUS_EVERY).toISOString();
  const [last] = await runs.list(STATUS, 1);
  const began = { schedule: STATUS, due, state: 'begun', job: null } as const;
  if (!(await runs.claim({ ...began, why: last?.why ?? null }))) return;
  const { policies, secrets } = service.config;
  const run = service.runFor({ who: 'the service', from: 'itself' }, { signal: service.stopping });
  const report = await status({ policies, secrets }, run);
  await runs.update({ ...began, why: report.state });
  if (report.state === 'critical' && last?.why !== 'critical') {
    await keep(aboutStatus(report), service);
  }
  await deliveries.forget(new Date(now.getTime() - KEPT).toISOString());
}
