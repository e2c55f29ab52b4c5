import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sheetDocument } from './contents.ts';
import type { SheetFacts } from './facts.ts';
import { sheetHtml } from './html.ts';
import { sampleFacts } from './testing/sample-facts.ts';

const render = (change: Partial<SheetFacts> = {}): string =>
  sheetHtml(sheetDocument(sampleFacts(change)));

/** The page without any text: what a browser would make elements of. Commands may have more lines with a longer name. */
const shape = (html: string): string =>
  html.replaceAll(/>[^<]+/g, '>').replaceAll(/(?:<code><\/code>)+/g, '<code></code>');

/** Every place that a text from outside can come to. */
const named = (name: string): Partial<SheetFacts> => ({
  secret: name,
  host: name,
  hint: name,
  file: name,
  holdfast: name,
  copies: [{ where: name, location: name, lastVerified: name }],
  custodians: [{ name, factors: name, contact: name }],
  envelopes: [
    {
      index: 1,
      factors: [
        {
          kind: 'token',
          token: {
            token: { label: name, serial: name },
            label: name,
            id: '01',
            algorithm: 'p256',
            fingerprint: 'ab'.repeat(32),
          },
          identity: 'AGE-PLUGIN-HOLDFAST-1QQ',
        },
      ],
      files: [],
    },
  ],
});

test('whatever stands in a name, the page has the same elements', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '</title><script>alert(1)</script>',
      '--></style><img src=x onerror=alert(1)>',
      '&lt;b&gt;',
      '"\'><svg onload=alert(1)>',
      '</bdi>\u202e',
    ),
  );
  fc.assert(
    fc.property(name, (text) => {
      expect(shape(render(named(text)))).toBe(shape(render(named('plain'))));
    }),
  );
});

test('a name cannot turn the direction of what stands around it, or hide', () => {
  const html = render(named('a\u202eb\u0007c'));
  for (const hidden of ['\u202e', '\u0007']) expect(html).not.toContain(hidden);
  expect(html).toContain('<h1><bdi>a\\u{202e}b\\u{7}c</bdi></h1>');
});

test('the page needs nothing from elsewhere and runs nothing', () => {
  const html = render();
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  expect(html).not.toMatch(/<script|<link|<img|<iframe|\son[a-z]+=|url\(|@import|@font-face/i);
  expect(html.match(/\b(?:src|href)=/g)).toBeNull();
});

test('it is in English, has one main heading, and every table has a name and heads', () => {
  const html = render();
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html.match(/<h1>/g)).toHaveLength(1);
  expect(html.match(/<h2>/g)?.length).toBeGreaterThan(5);
  const tables = html.match(/<table.*?<\/table>/gs) ?? [];
  expect(tables).toHaveLength(3);
  for (const table of tables) {
    expect(table).toMatch(/^<table aria-label="[^"]+"/);
    const columns = table.match(/<th scope="col">[^<]+<\/th>/g)?.length ?? 0;
    for (const row of table.match(/<tr[^>]*>(?:<td>.*?<\/td>)+<\/tr>/g) ?? []) {
      expect(row.match(/<td>/g)).toHaveLength(columns);
    }
  }
});

test('each code is an image with a name', () => {
  const texts = ['HOLDFAST 3F1A52A0 01/02 ABC', 'HOLDFAST 3F1A52A0 02/02 DEF'];
  const html = render({ codes: { texts, sha256: 'ab'.repeat(32), size: 1024 } });
  expect(html.match(/<svg [^>]*role="img" aria-label="QR code, part \d of 2"/g)).toHaveLength(2);
  expect(html).toContain('ab'.repeat(32));
  expect(html).toContain('1,024 bytes');
});
