import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fileName } from './file-name.ts';

test.each([
  ['gitlab-secrets.json', 'gitlab-secrets.json'],
  ['sso', 'sso'],
  ['Größe', 'Gro-e'],
  ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'],
  ['../../etc/passwd', 'etc-passwd'],
  ['.hidden', 'hidden'],
  ['-rf', 'rf'],
  ['ends.', 'ends'],
  ['ends ', 'ends'],
  ['', 'backup'],
  ['...', 'backup'],
  ['日本語', 'backup'],
  ['con', '_con'],
  ['NUL.txt', '_NUL.txt'],
  ['com1', '_com1'],
  ['console', 'console'],
  ['con---', '_con'],
  [`con${'-'.repeat(60)}a`, '_con'],
  [`con.${'a'.repeat(90)}`, `_con.${'a'.repeat(55)}`],
  ['a\nb\u001b[2Jc', 'a-b-2Jc'],
])('%j becomes %s', (text, name) => {
  expect(fileName(text)).toBe(name);
});

/** Names that Windows has for itself, with any ending, and whatever the case. */
const RESERVED = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9])(?:\.|$)/i;

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.stringMatching(/^[ ._-]*(con|PRN|Aux|nul|com[0-9]|LPT9)[ ._-]*[a-z.]{0,8}[ ._-]*$/),
  fc.stringMatching(/^con[.a-]{50,80}$/),
);

test('every text becomes a name that every file system takes', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = fileName(text);
      expect(name).toMatch(/^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/);
      expect(name.length).toBeLessThanOrEqual(60);
      expect(name).not.toMatch(RESERVED);
    }),
    { numRuns: 2000 },
  );
});

test('a name that was made is left as it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = fileName(text);
      expect(fileName(name)).toBe(name);
    }),
    { numRuns: 2000 },
  );
});
