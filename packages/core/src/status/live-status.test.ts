import { expect, test } from 'vitest';
import { liveStatus, type Observation } from './live-status.ts';
import { ago, backupRow, DAY, HOUR, NOW } from './testing/views.ts';

const newest = backupRow({ created: ago(DAY), mark: 'one' });

function stateFor(seen: Partial<Observation>, backup: typeof newest | null = newest): string {
  const observation = {
    observedMark: 'one',
    observedAt: ago(HOUR),
    observedOutcome: 'ok',
    ...seen,
  };
  return liveStatus(observation, backup, NOW).state;
}

test('the same mark after the newest backup is the same secret, another is another', () => {
  expect(stateFor({})).toBe('same');
  expect(stateFor({ observedMark: 'two' })).toBe('rotated since');
});

test('a look from before the newest backup says nothing of it', () => {
  expect(stateFor({ observedAt: ago(2 * DAY) })).toBe('unknown');
  expect(stateFor({ observedAt: ago(2 * DAY), observedMark: 'two' })).toBe('unknown');
});

test('a look that never was, or without anything to compare with, says nothing', () => {
  const never = { observedMark: null, observedAt: null, observedOutcome: null };
  expect(stateFor(never)).toBe('unknown');
  expect(stateFor({}, null)).toBe('unknown');
  expect(stateFor({ observedMark: 'two' }, backupRow({ mark: null }))).toBe('unknown');
});

test('a secret that could not be read is unreadable, and stays rotated when it was', () => {
  expect(stateFor({ observedOutcome: 'SOURCE_UNREADABLE' })).toBe('unreadable');
  const failed = { observedMark: 'two', observedOutcome: 'SOURCE_UNREADABLE' };
  expect(stateFor(failed)).toBe('rotated since');
});

test('a look from the future does not show that it is the same', () => {
  expect(stateFor({ observedAt: ago(-DAY) })).toBe('unknown');
  expect(stateFor({ observedAt: ago(-DAY), observedMark: 'two' })).toBe('rotated since');
});
