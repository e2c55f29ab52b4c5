import type { CustodianRow } from '../ports.ts';
import { defineTable } from './table.ts';

const REGISTER: readonly string[] = ['custodian.add', 'custodian.change', 'custodian.remove'];

/** People with factors of their own. Who was removed stays, as shares of theirs may still be about. */
export const custodians = defineTable<CustodianRow>({
  name: 'custodians',
  key: ['name'],
  keyOf({ action, custodian, outcome }) {
    if (custodian === undefined || !action.startsWith('custodian.')) return null;
    // A failed check is news; a failed change is none.
    return REGISTER.includes(action) && outcome !== 'ok' ? null : [custodian];
  },
  fold(before, { event, time }) {
    const { outcome } = event;
    switch (event.action) {
      case 'custodian.add': {
        const { factors, contact, checkEvery } = event.detail;
        return {
          name: event.custodian ?? '',
          ...{ factors, contact, checkEvery },
          addedAt: time,
          ...{ removedAt: null, checkedAt: null, checkOutcome: null },
        };
      }
      case 'custodian.change': {
        const { factors, contact, checkEvery } = event.detail;
        return before === null ? null : { ...before, factors, contact, checkEvery };
      }
      case 'custodian.remove':
        return before === null ? null : { ...before, removedAt: time };
      case 'custodian.check':
      case 'custodian.contribute':
        if (before === null) return null;
        return outcome === 'ok'
          ? { ...before, checkedAt: time, checkOutcome: outcome }
          : { ...before, checkOutcome: outcome };
      default:
        return before;
    }
  },
});
