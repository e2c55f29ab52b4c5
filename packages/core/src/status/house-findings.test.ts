import { expect, test } from 'vitest';
import { houseFindings, type HouseView } from './house-findings.ts';
import { ago, DAY, jobRow, mediumRow } from './testing/views.ts';

function told(more: Partial<HouseView>): string[] {
  const view: HouseView = {
    ...{ catalog: 'ok', media: [], ahead: null, interrupted: [], secrets: 1 },
    journal: { waiting: 0, damaged: 0 },
    ...more,
  };
  return houseFindings(view).map(({ code, severity }) => `${code} ${severity}`);
}

test('a house where all is well has no finding', () => {
  expect(told({ media: [mediumRow('black'), mediumRow('white')] })).toEqual([]);
});

test('a catalog that is damaged or gone is critical, and then nobody says that nothing is known', () => {
  expect(told({ catalog: 'damaged', secrets: 0 })).toEqual(['catalog-damaged critical']);
  expect(told({ catalog: 'lost', secrets: 0 })).toEqual(['catalog-lost critical']);
});

test('that no secret is known is a warning: it may be the wrong state folder', () => {
  expect(told({ catalog: 'none', secrets: 0 })).toEqual(['nothing-known warning']);
  expect(told({ secrets: 0 })).toEqual(['nothing-known warning']);
});

test('an entry from the future is a warning', () => {
  expect(told({ ahead: { sequence: 7, time: ago(-DAY) } })).toEqual(['clock-set-back warning']);
});

test('what waits in the journal, or is damaged there, is a warning', () => {
  expect(told({ journal: { waiting: 2, damaged: 0 } })).toEqual(['journal-pending warning']);
  expect(told({ journal: { waiting: 0, damaged: 1 } })).toEqual(['journal-pending warning']);
});

test('two media with one UUID are a warning, and without one they are not alike', () => {
  const twin = mediumRow('twin', { uuid: 'uuid-black' });
  expect(told({ media: [mediumRow('black'), twin] })).toEqual(['cloned-media warning']);
  const bare = [mediumRow('one', { uuid: null }), mediumRow('two', { uuid: null })];
  expect(told({ media: bare })).toEqual([]);
});

test('interrupted work about no secret is told as well', () => {
  const job = jobRow({ secret: null });
  expect(told({ interrupted: [job] })).toEqual(['interrupted-job warning']);
  expect(told({ interrupted: [{ ...job, kind: 'restore' }] })).toEqual(['interrupted-job note']);
});
