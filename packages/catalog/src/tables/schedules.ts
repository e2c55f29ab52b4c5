import type { ScheduleRow } from '../service-events.ts';
import { defineTable } from './table.ts';

/** What is done again and again. */
export const schedules = defineTable<ScheduleRow>({
  name: 'schedules',
  key: ['name'],
  json: ['request'],
  flags: ['enabled'],
  keyOf(event) {
    if (event.action !== 'schedule.put' && event.action !== 'schedule.remove') return null;
    return event.outcome === 'ok' ? [event.detail.name] : null;
  },
  fold(before, { event, time, actor }) {
    switch (event.action) {
      case 'schedule.put': {
        const { name, cron, zone, what, request, enabled } = event.detail;
        return {
          ...{ name, cron, zone, what, request, enabled },
          ...{ changedAt: time, changedBy: actor.who },
        };
      }
      case 'schedule.remove':
        return null;
      default:
        return before;
    }
  },
});
