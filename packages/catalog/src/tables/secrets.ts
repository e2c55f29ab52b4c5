import type { CatalogEvent } from '../events.ts';
import type { SecretRow } from '../ports.ts';
import { defineTable } from './table.ts';

const BACKUPS: readonly string[] = ['backup.make', 'backup.change', 'backup.find'];

/** What is backed up, or kept in the store, by its name. */
export const secrets = defineTable<SecretRow>({
  name: 'secrets',
  key: ['name'],
  json: ['source'],
  keyOf: ({ secret, action }) =>
    secret !== undefined && (BACKUPS.includes(action) || action.startsWith('secret.'))
      ? [secret]
      : null,
  fold(before, { event, time }) {
    const { outcome } = event;
    const row = before ?? (outcome === 'ok' ? firstSeen(event) : null);
    if (row === null) return null;
    switch (event.action) {
      case 'secret.describe': {
        const { source, policy } = event.detail;
        return outcome === 'ok' ? { ...row, source, policy } : row;
      }
      case 'secret.observe':
        // A reading that failed says nothing of the value, so what was read before stands.
        return outcome === 'ok'
          ? { ...row, observedMark: event.detail.mark, observedAt: time, observedOutcome: outcome }
          : { ...row, observedOutcome: outcome };
      default:
        return row;
    }
  },
});

function firstSeen({ secret = '' }: CatalogEvent): SecretRow {
  return {
    name: secret,
    source: null,
    policy: null,
    observedMark: null,
    observedAt: null,
    observedOutcome: null,
  };
}
