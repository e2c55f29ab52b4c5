import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageOf, dueAt, firstAhead, isAhead, isInTime } from './clock.ts';

const NOW = Date.parse('2026-08-01T12:00:00.000Z');
const HOUR = 3_600_000;
const at = (offset: number): string => new Date(NOW + offset).toISOString();

test('what lies in the future has no age and is never in time, however long the interval', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 300_001, max: 1e12 }),
      fc.integer({ min: 1, max: 1e12 }),
      (ahead, every) => {
        expect(isAhead(at(ahead), NOW)).toBe(true);
        expect(ageOf(at(ahead), NOW)).toBeNull();
        expect(isInTime(at(ahead), every, NOW)).toBe(false);
        expect(dueAt(at(ahead), every, NOW)).toBe(at(0));
      },
    ),
  );
});

test('a clock that runs a few minutes ahead is no clock set back', () => {
  expect(isAhead(at(300_000), NOW)).toBe(false);
  expect(ageOf(at(300_000), NOW)).toBe(0);
  expect(isAhead(firstAhead(NOW), NOW)).toBe(true);
});

test('what never was is due now and not in time', () => {
  expect(ageOf(null, NOW)).toBeNull();
  expect(isAhead(null, NOW)).toBe(false);
  expect(isInTime(null, null, NOW)).toBe(false);
  expect(dueAt(null, HOUR, NOW)).toBe(at(0));
  expect(dueAt(null, null, NOW)).toBeNull();
});

test('it is in time until its interval is over, and due exactly then', () => {
  expect(isInTime(at(-HOUR + 1), HOUR, NOW)).toBe(true);
  expect(isInTime(at(-HOUR), HOUR, NOW)).toBe(false);
  expect(isInTime(at(-1000 * HOUR), null, NOW)).toBe(true);
  expect(dueAt(at(-HOUR), 3 * HOUR, NOW)).toBe(at(2 * HOUR));
});
