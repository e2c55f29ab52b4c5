import { Secret } from '@holdfast/age';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkHint } from './hint.ts';

const REVEALING: readonly (readonly [password: string, hint: string])[] = [
  ['hunter2', 'hunter2'],
  ['hunter2', 'it is Hunter 2!'],
  ['hunter2', '2retnuh'],
  ['hunter2', 'hunter and a digit'],
  ['p4ssw0rd', 'password'],
  ['Tr0ub4dor&3', 'troubador'],
  ['correct horse battery staple', 'staple battery horse correct'],
  ['correct horse battery staple', 'horse, battery and staple'],
  ['correct horse battery staple', 'CORRECTHORSEBATTERY'],
  ['red cat big dog', 'big red dog'],
  ['straße-am-fluss', 'STRASSE am Fluss'],
  ['café au lait', 'cafe au lait'],
  ['ﬁnancial', 'financial'],
  ['!!??', 'the answer is !!??'],
  ['x', 'x'],
  ['pass', 'pass'],
  ['Grüße aus Köln', 'gruße aus koln'],
  ['open sesame', 'b3BlbiBzZXNhbWU='],
  ['open sesame', '6f70656e20736573616d65'],
  ['1234567890', 'ends in 67890'],
];

test.each(REVEALING)('for the password %s the hint %s is refused', (text, hint) => {
  using password = Secret.fromText(text);
  expect(() => {
    checkHint(hint, password);
  }).toThrow(expect.objectContaining({ code: 'HINT_REVEALS_PASSWORD' }));
});

const HELPFUL: readonly (readonly [password: string, hint: string])[] = [
  ['hunter2', 'the one from the old joke'],
  ['blue whale 2024 sings', 'the usual, with the year'],
  ['correct horse battery staple', 'the comic about passwords'],
  ['correct horse battery staple', 'has a horse in it'],
  ['ocean tiger lamp seven green', 'envelope 7 in the safe'],
  ['vQ7#mx-Lp2!rT9', 'printed, in the safe of the third floor'],
  ['a!!!!!!!!!!', 'a letter and a lot of marks'],
  ['hunter2', ''],
  ['hunter2', 'Großmutters 🐈 und das Jahr'],
];

test.each(HELPFUL)('for the password %s the hint %s is taken', (text, hint) => {
  using password = Secret.fromText(text);
  expect(() => {
    checkHint(hint, password);
  }).not.toThrow();
});

test.each(['two\nlines', 'a tab\t', '\u001b[31mred', 'nul\0', '\u2028', '\u202etxet', '\ud800'])(
  'a hint with characters that disturb a line is refused',
  (hint) => {
    using password = Secret.fromText('ocean tiger lamp');
    expect(() => {
      checkHint(hint, password);
    }).toThrow(expect.objectContaining({ code: 'HINT_INVALID' }));
  },
);

test('512 characters are the longest hint, however many bytes each has', () => {
  using password = Secret.fromText('ocean tiger lamp');
  expect(() => {
    checkHint('🐈'.repeat(512), password);
  }).not.toThrow();
  expect(() => {
    checkHint('x'.repeat(513), password);
  }).toThrow(expect.objectContaining({ code: 'HINT_INVALID' }));
});

const text = fc.string({ unit: 'binary', maxLength: 60 });

test('any hint that contains the password is refused', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      text,
      text,
      (secret, before, after) => {
        using password = Secret.fromText(secret);
        expect(() => {
          checkHint(before + secret + after, password);
        }).toThrow(expect.objectContaining({ code: expect.stringMatching(/^HINT_/) as string }));
      },
    ),
    { numRuns: 500 },
  );
});

test('any hint that contains the password in other letters and spacing is refused', () => {
  const word = fc.stringMatching(/^[a-z]{4,10}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (words, backwards) => {
        using password = Secret.fromText(words.join(' '));
        const said = words.join('-').toUpperCase();
        const hint = `so: ${backwards ? Array.from(said).reverse().join('') : said}.`;
        expect(() => {
          checkHint(hint, password);
        }).toThrow(expect.objectContaining({ code: 'HINT_REVEALS_PASSWORD' }));
      },
    ),
  );
});

test('the hint is compared with a password that is no text as well', () => {
  using password = Secret.copy(Uint8Array.of(0xff, 0xfe, 0x80, 0x41));
  expect(() => {
    checkHint('fffe8041', password);
  }).toThrow(expect.objectContaining({ code: 'HINT_REVEALS_PASSWORD' }));
  expect(() => {
    checkHint('on the stick', password);
  }).not.toThrow();
});
