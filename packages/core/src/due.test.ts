import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueOf } from './due.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-25T12:00:00.000Z');
const at = (days: number): string => new Date(NOW + days * DAY).toISOString();

test('it is due so long after it was shown last', () => {
  const due = dueOf({ last: at(-10), since: at(-100), every: 30 * DAY }, NOW);
  expect(due).toEqual({ dueAt: at(20), overdueBy: null, clockSetBack: false });
});

test('what was never shown is due so long after there was something to show', () => {
  const due = dueOf({ last: null, since: at(-40), every: 30 * DAY }, NOW);
  expect(due).toEqual({ dueAt: at(-10), overdueBy: 10 * DAY, clockSetBack: false });
});

test('on the day itself it is due, and late by nothing', () => {
  expect(dueOf({ last: at(-30), since: at(-30), every: 30 * DAY }, NOW).overdueBy).toBe(0);
  expect(dueOf({ last: at(-30), since: at(-30), every: 30 * DAY }, NOW - 1).overdueBy).toBe(null);
});

test('what was shown in the future is told, and due now', () => {
  const due = dueOf({ last: at(3), since: at(-40), every: 30 * DAY }, NOW);
  expect(due).toEqual({ dueAt: at(0), overdueBy: 0, clockSetBack: true });
  const made = dueOf({ last: null, since: at(3), every: 30 * DAY }, NOW);
  expect(made).toEqual({ dueAt: at(0), overdueBy: 0, clockSetBack: true });
});

test('without a schedule nothing is ever due, and a clock that was set back is told all the same', () => {
  const never = { dueAt: null, overdueBy: null };
  expect(dueOf({ last: null, since: at(-400), every: null }, NOW)).toMatchObject(never);
  expect(dueOf({ last: at(3), since: at(-400), every: null }, NOW)).toMatchObject({
    ...never,
    clockSetBack: true,
  });
});

test('it is never both in time and late, and never fresh by a clock that was set back', () => {
  const days = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(days, days, fc.integer({ min: 1, max: 500 }), (last, since, every) => {
      const due = dueOf({ last: at(last), since: at(since), every: every * DAY }, NOW);
      const late = Date.parse(due.dueAt ?? '') <= NOW;
      expect(due.overdueBy !== null).toBe(late);
      if (last > 0) expect(late && due.clockSetBack).toBe(true);
    }),
  );
});
