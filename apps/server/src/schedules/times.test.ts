import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertWhen, nextTime, passedTimes } from './times.ts';

const VIENNA = 'Europe/Vienna';

function times(cron: string, zone: string, since: string, until: string): string[] | undefined {
  const passed = passedTimes({ cron, zone }, { since: new Date(since), until: new Date(until) });
  return passed?.times.map((time) => time.toISOString());
}

test('a time is in its zone, summer and winter', () => {
  const when = { cron: '30 6 * * *', zone: VIENNA };
  expect(nextTime(when, new Date('2026-01-10T00:00Z'))?.toISOString()).toBe(
    '2026-01-10T05:30:00.000Z',
  );
  expect(nextTime(when, new Date('2026-07-10T00:00Z'))?.toISOString()).toBe(
    '2026-07-10T04:30:00.000Z',
  );
});

test('a local time that does not exist comes all the same, and one that comes twice comes once', () => {
  expect(times('30 2 * * *', VIENNA, '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toEqual([
    '2026-03-30T00:30:00.000Z',
    '2026-03-29T01:00:00.000Z',
  ]);
  expect(times('30 2 * * *', VIENNA, '2026-10-24T12:00Z', '2026-10-25T12:00Z')).toHaveLength(1);
});

test('a time at this very moment has come, and one at the moment of the last run has gone', () => {
  const at = '2026-05-05T00:30:00.000Z';
  expect(times('30 0 * * *', 'UTC', '2026-05-05T00:00Z', at)).toEqual([at]);
  expect(times('30 0 * * *', 'UTC', at, '2026-05-05T23:00Z')).toBeUndefined();
});

test('all times that passed are there, the newest first', () => {
  expect(times('0 * * * *', 'UTC', '2026-05-05T00:30Z', '2026-05-05T03:10Z')).toEqual([
    '2026-05-05T03:00:00.000Z',
    '2026-05-05T02:00:00.000Z',
    '2026-05-05T01:00:00.000Z',
  ]);
});

test.each([
  ['0 0 31 2 *', 'UTC'],
  ['* * * *', 'UTC'],
  ['* * * * * *', 'UTC'],
  ['61 * * * *', 'UTC'],
  ['@daily; rm', 'UTC'],
  ['', 'UTC'],
  ['* * * * *', 'Mars/Base'],
])('%j in %s is refused', (cron, zone) => {
  expect(() => {
    assertWhen({ cron, zone }, new Date());
  }).toThrow(expect.objectContaining({ code: 'SCHEDULE_INVALID' }));
});

test('any text is a schedule or refused with its code', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (cron, zone) => {
      try {
        assertWhen({ cron, zone }, new Date('2026-01-01'));
      } catch (error) {
        expect(error).toMatchObject({ code: 'SCHEDULE_INVALID' });
      }
    }),
  );
});
