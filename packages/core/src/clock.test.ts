import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageOf, firstAhead, isAhead, isInTime } from './clock.ts';

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
      },
    ),
  );
});

test('a clock that runs a few minutes ahead is no clock set back', () => {
  expect(isAhead(at(300_000), NOW)).toBe(false);
  expect(ageOf(at(300_000), NOW)).toBe(0);
  expect(isAhead(firstAhead(NOW), NOW)).toBe(true);
});

test('what never was is not in time', () => {
  expect(ageOf(null, NOW)).toBeNull();
  expect(isAhead(null, NOW)).toBe(false);
  expect(isInTime(null, null, NOW)).toBe(false);
});

test('it is in time until its interval is over', () => {
  expect(isInTime(at(-HOUR + 1), HOUR, NOW)).toBe(true);
  expect(isInTime(at(-HOUR), HOUR, NOW)).toBe(false);
  expect(isInTime(at(-1000 * HOUR), null, NOW)).toBe(true);
});
