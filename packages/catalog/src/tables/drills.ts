import type { DrillRow } from '../ports.ts';
import { defineTable } from './table.ts';

/** Every drill, those that failed as well. */
export const drills = defineTable<DrillRow>({
  name: 'drills',
  key: ['id'],
  json: ['custodians'],
  flags: ['fromMedium', 'sameAsLive', 'checkPassed'],
  keyOf: (event) => (event.action === 'drill' ? [event.detail.id] : null),
  fold(before, { event, time, actor }) {
    if (event.action !== 'drill') return before;
    const { detail, outcome, secret, backup, copy, medium } = event;
    return {
      id: detail.id,
      ...{ time, outcome },
      who: actor.who,
      secret: secret ?? null,
      backup: backup ?? null,
      copy: copy ?? null,
      medium: medium ?? null,
      envelope: detail.envelope,
      custodians: detail.custodians,
      fromMedium: detail.fromMedium,
      sameAsLive: detail.sameAsLive,
      checkPassed: detail.checkPassed,
      receipt: detail.receipt,
      signature: detail.signature,
    };
  },
});
