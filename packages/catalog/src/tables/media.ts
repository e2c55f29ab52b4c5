import type { MediumFacts } from '../events.ts';
import type { MediumRow } from '../ports.ts';
import { defineTable } from './table.ts';

/** The register of media, absent ones too. */
export const media = defineTable<MediumRow>({
  name: 'media',
  key: ['id'],
  flags: ['protected'],
  keyOf: ({ action, medium, outcome }) =>
    medium !== undefined && action.startsWith('medium.') && outcome === 'ok' ? [medium] : null,
  fold(before, { event, time }) {
    switch (event.action) {
      case 'medium.forget':
        return null;
      case 'medium.see': {
        const row = before ?? firstSeen(event.medium ?? '', time);
        return { ...row, ...whatItSays(event.detail), ...whatIsSaid(event.detail), lastSeen: time };
      }
      case 'medium.describe': {
        // Said by its owner, who need not have it at hand: that it was seen is not said by this.
        const { medium = '', detail } = event;
        const row = before ?? { ...firstSeen(medium, time), ...whatItSays(detail) };
        return { ...row, ...whatIsSaid(detail) };
      }
      default:
        return before;
    }
  },
});

function firstSeen(id: string, time: string): MediumRow {
  return {
    id,
    ...{ label: null, uuid: null, serial: null, vendor: null, product: null, size: null },
    ...{ name: null, location: null, owner: null, protected: false },
    firstSeen: time,
    lastSeen: time,
  };
}

function whatItSays(facts: MediumFacts): Partial<MediumRow> {
  const { label, uuid, serial, vendor, product, size } = facts;
  return given({ label, uuid, serial, vendor, product, size });
}

function whatIsSaid(facts: MediumFacts): Partial<MediumRow> {
  const { name, location, owner, protected: isProtected } = facts;
  return given({ name, location, owner, protected: isProtected });
}

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function given<Fields extends object>(fields: Fields): Given<Fields> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Given<Fields>;
}
