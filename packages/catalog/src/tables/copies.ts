import type { CatalogEvent, CopyFacts } from '../events.ts';
import type { RecordedEvent } from '../ports.ts';
import type { KeptCopy } from '../schema/tables.ts';
import { defineTable } from './table.ts';

/** Backups where they lie. A copy that was removed stays as such, until it is there again. */
export const copies = defineTable<KeptCopy>({
  name: 'copies',
  key: ['id'],
  json: ['place'],
  keyOf({ action, copy, backup, outcome }) {
    if (copy === undefined) return null;
    switch (action) {
      case 'copy.make':
      case 'copy.find':
        return outcome === 'ok' && backup !== undefined ? [copy] : null;
      case 'copy.remove':
        return outcome === 'ok' ? [copy] : null;
      case 'copy.verify':
      case 'drill':
        return [copy];
      default:
        return null;
    }
  },
  fold(before, recorded) {
    const { event, time } = recorded;
    const { outcome } = event;
    switch (event.action) {
      case 'copy.make':
        return made(before, recorded, event.detail);
      case 'copy.find':
        return before !== null && isSameFile(before, event.detail)
          ? { ...before, secret: event.secret ?? before.secret, removedAt: null }
          : made(before, recorded, event.detail);
      case 'copy.remove':
        return before === null ? null : { ...before, removedAt: time };
      // What failed leaves standing when it last went well.
      case 'copy.verify':
        if (before === null) return null;
        return outcome === 'ok'
          ? { ...before, verifiedAt: time, verifyOutcome: outcome }
          : { ...before, verifyOutcome: outcome };
      case 'drill':
        if (before === null) return null;
        return outcome === 'ok'
          ? { ...before, drilledAt: time, drillOutcome: outcome }
          : { ...before, drillOutcome: outcome };
      default:
        return before;
    }
  },
});

/** A new file in that place, of which nothing was shown yet. */
function made(
  before: KeptCopy | null,
  { event, time }: RecordedEvent,
  { place, generation, file, size, proof, number, of }: CopyFacts,
): KeptCopy {
  const { copy, backup, secret, medium }: CatalogEvent = event;
  return {
    id: copy ?? '',
    backup: backup ?? '',
    secret: secret ?? before?.secret ?? null,
    medium: medium ?? null,
    ...{ place, generation, file, size, proof, number, of },
    madeAt: time,
    verifiedAt: null,
    verifyOutcome: null,
    drilledAt: null,
    drillOutcome: null,
    removedAt: null,
  };
}

function isSameFile(before: KeptCopy, { generation, size }: CopyFacts): boolean {
  return before.generation === generation && before.size === size;
}
