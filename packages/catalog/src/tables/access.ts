import type { AccessRow } from '../service-events.ts';
import { defineTable } from './table.ts';

/** Who may speak to a service. Who may no longer stays, so that the log can be read. */
export const access = defineTable<AccessRow>({
  name: 'access',
  key: ['name'],
  json: ['sources'],
  keyOf(event) {
    if (event.action !== 'access.create' && event.action !== 'access.revoke') return null;
    return event.outcome === 'ok' ? [event.detail.name] : null;
  },
  fold(before, { event, time }) {
    switch (event.action) {
      case 'access.create': {
        if (before?.removedAt === null) return before;
        const { name, role, hash, expires, sources } = event.detail;
        return { name, role, hash, expires, sources, createdAt: time, removedAt: null };
      }
      case 'access.revoke':
        if (before?.removedAt !== null) return before;
        return { ...before, removedAt: time };
      default:
        return before;
    }
  },
});
