import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldCommand } from './fold-command.ts';

/** The words that a shell makes of a line, each behind a zero byte. */
const wordsIn = (command: string): string =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });

test('a command that fits stays as it is', () => {
  expect(foldCommand('tar -xf backup.tar', 18)).toEqual(['tar -xf backup.tar']);
});

test('it is broken between words, and goes on to the right', () => {
  expect(foldCommand('age -d -i envelopes/1.age secret.age > restored', 30)).toEqual([
    'age -d -i envelopes/1.age \\',
    '    secret.age > restored',
  ]);
});

test('a word that is too long goes on at the very left, in quotes as well', () => {
  expect(foldCommand(`cat ${'A'.repeat(20)} b`, 16)).toEqual(['cat AAAAAAAAAA\\', 'AAAAAAAAAA b']);
  expect(foldCommand(`cat '${'ab '.repeat(8)}'`, 16)).toEqual([
    "cat 'ab ab ab '\\",
    "'ab ab ab ab a'\\",
    "'b '",
  ]);
});

const word = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._/-]{1,60}$/),
  // As names are quoted in the commands of README.txt.
  fc.stringMatching(/^[ -~]{1,60}$/).map((text) => `'${text.replaceAll("'", String.raw`'\''`)}'`),
  fc.stringMatching(/^[A-Za-z0-9 ]{1,40}$/).map((text) => `"${text}"`),
);

test('to a shell it is the same command, however it was folded', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const command = words.join(' ');
      const lines = foldCommand(command, 24);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(24);
      expect(wordsIn(lines.join('\n'))).toBe(wordsIn(command));
    }),
    { numRuns: 300 },
  );
});
