import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sheetDocument } from './contents.ts';
import type { SheetFacts } from './facts.ts';
import { sampleFacts } from './testing/sample-facts.ts';
import { sheetText } from './text.ts';

const render = (change: Partial<SheetFacts> = {}): string =>
  sheetText(sheetDocument(sampleFacts(change)));

const linesOf = (text: string): string[] => text.split(/\n|\f/);

test('whatever stands in a name, a sheet is ASCII in 78 columns, and its pages are as long as paper', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }),
      fc.integer({ min: 0, max: 40 }),
      (name, count) => {
        const text = render({
          secret: name,
          host: name,
          hint: name,
          file: name,
          copies: Array.from({ length: count }, () => ({
            where: name,
            location: name,
            lastVerified: null,
          })),
          custodians: Array.from({ length: count }, () => ({
            name,
            factors: null,
            contact: name,
          })),
        });
        expect(text).toMatch(/^[\n\f -~]*$/);
        for (const line of linesOf(text)) expect(line.length).toBeLessThanOrEqual(78);
        for (const page of text.split('\f')) {
          expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(58);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('every page says which it is, of how many, of which backup, and when it was printed', () => {
  const pages = render().split('\f');
  expect(pages.length).toBeGreaterThan(1);
  for (const [place, page] of pages.entries()) {
    const foot = page.trimEnd().split('\n').at(-1) ?? '';
    expect(foot).toMatch(/^backup 3f1a52a0, generation 2, printed 2026-11-26T03:00:00Z /);
    expect(foot).toMatch(new RegExp(`page ${String(place + 1)} of ${String(pages.length)}$`));
  }
});

test('a name that is not ASCII is told by numbers, and only then there is a legend', () => {
  const legend = 'by its number in Unicode';
  expect(render()).not.toContain(legend);
  expect(render({ secret: 'clé' })).toContain('cl\\u{e9}');
  expect(render({ secret: 'clé' })).toContain(legend);
  expect(render({ host: 'C:\\x' })).toContain('on C:\\\\x');
  expect(render({ host: 'C:\\x' })).toContain(legend);
});

test('a command that is too long for a line goes on in the next, as the sheet says', () => {
  const identity = `AGE-PLUGIN-HOLDFAST-1${'Q'.repeat(150)}`;
  const text = render({
    envelopes: [
      { index: 1, factors: [{ kind: 'token', token: null, identity }], files: [] },
      { index: 2, factors: [{ kind: 'password' }], files: [] },
    ],
  });
  expect(text).toContain('a \\ at its end as well');
  const joined = text.replaceAll('\\\n', '');
  expect(joined).toContain(`echo ${identity} > token-1.txt`);
});

test('codes do not go on a sheet that is a text', () => {
  const codes = { texts: ['HOLDFAST 3F1A52A0 01/01 A'], sha256: 'ab', size: 1 };
  expect(() => render({ codes })).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
