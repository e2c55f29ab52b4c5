import { expect, test } from 'vitest';

import { outcomeRow } from './outcome-row.ts';

const run = async (): Promise<string> => '';
const short = { name: 'a', rule: 'it holds', run };
const long = { name: 'longer', rule: 'it holds too', run };

test('the columns stand under each other, and what was seen ends the row', () => {
  const row = outcomeRow([short, long], short, {
    passed: true,
    milliseconds: 1234,
    seen: 'all',
    tried: 1,
  });
  expect(row).toBe('a       passed     1.2 s  all');
});

test('a failure tells the rule that was broken, and everything that is known of it', () => {
  const outcome = { passed: false, milliseconds: 60_000, seen: 'first\nsecond', tried: 1 };
  expect(outcomeRow([short], short, outcome).split('\n')).toEqual([
    'a  FAILED    60.0 s',
    '    it holds',
    '    first',
    '    second',
  ]);
});
