import { expect, test } from 'vitest';
import { restoreWords, shieldWords } from './words.ts';

test('a dash, and whatever follows two dashes, comes back as it was written', () => {
  const shielded = shieldWords(['backup', '-', '--to', '-', '--', '-x', 'y']);
  expect(shielded.some((word) => word === '-' || word === '-x' || word === '--')).toBe(false);
  expect(restoreWords({ what: shielded })).toEqual({
    what: ['backup', '-', '--to', '-', '-x', 'y'],
  });
});

test('options before two dashes stay options', () => {
  expect(shieldWords(['--json', '-q'])).toEqual(['--json', '-q']);
});

test('a file called help is no request for help', () => {
  expect(shieldWords(['backup', 'help'])).not.toContain('help');
  expect(shieldWords(['secret', 'help'])).toContain('help');
  expect(shieldWords(['help'])).toContain('help');
});
