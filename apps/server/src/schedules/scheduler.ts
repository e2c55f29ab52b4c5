import { HoldfastError } from '@holdfast/core';
import type { Catalog, ScheduleRow } from '@holdfast/core/service';
import type { Service } from '../service.ts';
import { beginTask } from './begin.ts';
import { passedTimes } from './times.ts';

const TICK = 10_000;
/** A time that passed longer ago than this was missed. */
const GRACE = 120_000;
/** Of the times that were missed, so many are listed; all are counted. */
const LISTED = 20;

/** Begins what is due, until it is disposed. Of several servers that share a catalog, one begins each. */
export function openScheduler(service: Service): Disposable {
  let busy = false;
  const tick = async (): Promise<void> => {
    if (busy || service.stopping.aborted) return;
    busy = true;
    try {
      await beginDue(service, new Date());
    } catch (cause) {
      service.log.error({ err: cause }, 'schedules could not be looked at');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void tick(), TICK);
  void tick();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

/** Begins what is due by `now`. What was missed is made up for once, however often it was. */
export async function beginDue(service: Service, now: Date): Promise<void> {
  const catalog = await service.catalog();
  for (const schedule of await catalog.schedules()) {
    if (!schedule.enabled) continue;
    try {
      await beginIfDue(schedule, { service, catalog, now });
    } catch (cause) {
      service.log.error({ err: cause, schedule: schedule.name }, 'a schedule could not be begun');
    }
  }
}

interface Around {
  readonly service: Service;
  readonly catalog: Catalog;
  readonly now: Date;
}

async function beginIfDue(schedule: ScheduleRow, { service, catalog, now }: Around): Promise<void> {
  const { runs } = catalog.service;
  const { name } = schedule;
  const [last] = await runs.list(name, 1);
  const since = new Date(
    Math.max(Date.parse(schedule.changedAt), Date.parse(last?.due ?? schedule.changedAt)),
  );
  const passed = passedTimes(schedule, { since, until: now });
  if (passed === null) return;
  const due = passed.times[0].toISOString();
  const late = now.getTime() - Date.parse(due) > GRACE;
  const missed = passed.times.slice(late ? 0 : 1);
  const why =
    missed.length === 0 ? null : `makes up for ${inWords(missed.length)} while no service ran`;
  if (!(await runs.claim({ schedule: name, due, state: 'begun', job: null, why }))) return;
  for (const time of passed.times.slice(1, LISTED)) {
    const at = time.toISOString();
    await runs.claim({ schedule: name, due: at, state: 'missed', job: null, why: null });
  }
  if (missed.length > 0) {
    const detail = { name, due, missed: missed.length };
    await service.catalogAccess.recorder.record([
      { action: 'schedule.miss', outcome: 'ok', detail },
    ]);
    service.log.warn({ schedule: name, due, missed: missed.length }, 'a schedule was missed');
  }
  try {
    const job = await beginTask(schedule, service);
    const state = job === null ? 'failed' : 'begun';
    const nothing = job === null ? 'there is nothing to do it with yet' : why;
    await runs.update({ schedule: name, due, state, job, why: nothing });
  } catch (cause) {
    const words = cause instanceof HoldfastError ? cause.message : 'an unexpected failure';
    await runs.update({ schedule: name, due, state: 'failed', job: null, why: words });
    if (!(cause instanceof HoldfastError)) throw cause;
  }
}

function inWords(count: number): string {
  return count === 1 ? 'a time that passed' : `${String(count)} times that passed`;
}
