import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agoText, durationText, parseDuration } from './duration.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each([
  ['1h', HOUR],
  ['30d', 30 * DAY],
  ['2w', 14 * DAY],
  ['6m', 180 * DAY],
  ['1y', 365 * DAY],
  ['9999d', 9999 * DAY],
])('%s is read', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', 'd', '30', '0d', '-1d', '1.5d', '30 d', '30D', '1d12h', '30s', '030d', '10000d'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test.each([
  [30 * DAY, '30d'],
  [730 * DAY, '2y'],
  [36 * HOUR, '36h'],
  [DAY + 1, '1d'],
  [0, '0h'],
  [-DAY, '0h'],
])('%d milliseconds are written as %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

test('what was read and written is read as the same', () => {
  const durations = fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('h', 'd', 'w', 'm', 'y'))
    .map(([count, unit]) => `${String(count)}${unit}`);
  fc.assert(
    fc.property(durations, (text) => {
      const read = parseDuration(text) ?? NaN;
      const written = durationText(read);
      // A long one in another unit may have more digits than may be written; it is still the same time.
      const count = Number(written.slice(0, -1));
      const unit = parseDuration(`1${written.slice(-1)}`) ?? NaN;
      expect(count * unit).toBe(read);
    }),
  );
});

test('any other text is refused, and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = parseDuration(text);
      expect(read === null).toBe(!/^[1-9][0-9]{0,3}[hdwmy]$/.test(text));
    }),
  );
});

test.each([
  [5 * HOUR, '5h'],
  [47 * HOUR, '47h'],
  [51 * HOUR, '2d'],
  [365 * DAY, '365d'],
  [400 * DAY + HOUR, '400d'],
])('%d milliseconds ago is told as %s', (milliseconds, text) => {
  expect(agoText(milliseconds)).toBe(text);
});
