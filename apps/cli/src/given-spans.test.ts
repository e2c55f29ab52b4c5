import { expect, test } from 'vitest';
import { daysGiven } from './days-given.ts';
import { timeGiven } from './time-given.ts';

test('a span is whole days, or never', async () => {
  expect(await daysGiven('--x', '180d')).toBe(180);
  expect(await daysGiven('--x', '2w')).toBe(14);
  expect(await daysGiven('--x', '1y')).toBe(365);
  expect(await daysGiven('--x', '48h')).toBe(2);
  expect(await daysGiven('--x', 'never')).toBe(0);
  expect(await daysGiven('--x', undefined)).toBeUndefined();
});

test.each(['', '0d', '12h', '-1d', 'soon', '1.5d'])('a span is not %j', async (text) => {
  await expect(daysGiven('--x', text)).rejects.toMatchObject({ code: 'USAGE' });
});

test('a time is told as the catalog has it', async () => {
  expect(await timeGiven('--x', '2026-11-25')).toBe('2026-11-25T00:00:00.000Z');
  expect(await timeGiven('--x', '2026-11-25T22:33Z')).toBe('2026-11-25T22:33:00.000Z');
  expect(await timeGiven('--x', '2026-11-25 22:33:25.1+01:00')).toBe('2026-11-25T21:33:25.100Z');
  expect(await timeGiven('--x', undefined)).toBeUndefined();
});

test.each(['', 'yesterday', '2026', '2026-13-01', '2026-11-25T25:00Z', '25.11.2026', '1'])(
  'a time is not %j',
  async (text) => {
    await expect(timeGiven('--x', text)).rejects.toMatchObject({ code: 'USAGE' });
  },
);
