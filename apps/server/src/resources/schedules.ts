import type { Catalog, ScheduleRow } from '@holdfast/core/service';
import { serverError } from '../errors.ts';
import type { Handlers } from '../http/handler.ts';
import { assertTask } from '../schedules/assert-task.ts';
import { assertWhen, nextTime } from '../schedules/times.ts';

const RUNS = 50;

export const schedules: Handlers<
  'listSchedules' | 'showSchedule' | 'putSchedule' | 'removeSchedule'
> = {
  async listSchedules({ service }) {
    const catalog = await service.catalog();
    const rows = [];
    for (const row of await catalog.schedules()) rows.push(await shown(row, catalog, 1));
    return { status: 200, json: { rows } };
  },
  async showSchedule({ params, service }) {
    const catalog = await service.catalog();
    return { status: 200, json: await shown(await find(params.name, catalog), catalog, RUNS) };
  },
  async putSchedule({ params, body, service, actor }) {
    const { name } = params;
    assertWhen(body, new Date());
    assertTask(body, service.config);
    const { recorder } = service.catalogAccess.as(actor);
    await recorder.record([{ action: 'schedule.put', outcome: 'ok', detail: { ...body, name } }]);
    const catalog = await service.catalog();
    return { status: 200, json: await shown(await find(name, catalog), catalog, RUNS) };
  },
  async removeSchedule({ params, service, actor }) {
    const { name } = await find(params.name, await service.catalog());
    const { recorder } = service.catalogAccess.as(actor);
    await recorder.record([{ action: 'schedule.remove', outcome: 'ok', detail: { name } }]);
    return { status: 204 };
  },
};

/** @throws SCHEDULE_NOT_FOUND */
async function find(name: string, catalog: Catalog): Promise<ScheduleRow> {
  const found = (await catalog.schedules()).find((row) => row.name === name);
  if (found !== undefined) return found;
  throw serverError('SCHEDULE_NOT_FOUND', `there is no schedule ${name}`);
}

async function shown(row: ScheduleRow, catalog: Catalog, most: number) {
  const { changedAt, what, ...rest } = row;
  const next = row.enabled ? nextTime(row, new Date()) : null;
  const runs = await catalog.service.runs.list(row.name, most);
  return {
    ...rest,
    what: what as 'backup' | 'verify' | 'drill-reminder',
    changed: changedAt,
    next: next?.toISOString() ?? null,
    runs: runs.map(({ due, state, job, why }) => ({ due, state, job, why })),
  };
}
