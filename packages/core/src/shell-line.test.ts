import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { luksHeaderCommand, offerOf } from './discover/offer.ts';
import { shellLine } from './shell-line.ts';

/** What a shell makes of the words of a line. */
function understood(line: string, shell = '/bin/sh'): string[] {
  const output = execFileSync(shell, ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}

test('plain words are left plain', () => {
  expect(shellLine(['holdfast', 'backup', '/etc/x-1.key'])).toBe('holdfast backup /etc/x-1.key');
});

test.each([
  ["it's", '$HOME', '`id`', '"', '\\', '*', '~', '#x', '', ' ', 'a;b', '!x', '%s', '-n'],
  ['a\nb', '\u001b[31m', '\t', '\u202e', '\r', '\u0001%d\\'],
])('a shell understands every word as it was meant', (...words) => {
  const line = shellLine(words);
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(understood(line ?? '')).toEqual(words);
  expect(understood(line ?? '', '/bin/bash')).toEqual(words);
});

test('any words at all come through a shell, and show nothing that a terminal obeys', () => {
  const word = fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((text) => text.replaceAll('\0', ''));
  const words = fc.array(word, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(words, (given) => {
      const line = shellLine(given);
      if (line === null) return given.some((it) => it.endsWith('\n'));
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(understood(line)).toEqual(given);
      return true;
    }),
    { numRuns: 150 },
  );
});

test('a word that ends with a line feed cannot be said in a line', () => {
  expect(shellLine(['a\n'])).toBeNull();
  const offer = offerOf({ kind: 'paths', paths: ['/a\n'] }, 'x');
  expect(offer).toEqual({ args: ['backup', '/a\n', '--name', 'x', '--to', 'usb'], line: null });
});

test('a command inside a line reaches Holdfast as one word', () => {
  const run = luksHeaderCommand("/dev/mapper/it's");
  const { args, line } = offerOf({ kind: 'command', run }, 'luks-x');
  expect(understood(line ?? '')).toEqual(['holdfast', ...args]);
});
