import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inAscii, visible } from './visible.ts';

test('what would not be seen, or would turn the direction, is shown by its number', () => {
  expect(visible('a\u202eb\u0000c\u200bd\u2028e\ud800f')).toBe(
    'a\\u{202e}b\\u{0}c\\u{200b}d\\u{2028}e\\u{d800}f',
  );
});

test('letters of any script stay as they are', () => {
  for (const name of ['Schlüssel', '名前', 'שלום', 'مفتاح', '🔑']) expect(visible(name)).toBe(name);
});

test('in ASCII every text is told in a way that it can be told back from', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = inAscii(text);
      expect(shown).toMatch(/^[ -~]*$/);
      const back = shown.replaceAll(/\\(?:u\{([0-9a-f]+)\}|(\\))/g, (_, code?: string) =>
        code === undefined ? '\\' : String.fromCodePoint(parseInt(code, 16)),
      );
      expect(back).toBe(text);
    }),
  );
});
