import type { MediumRow } from '@holdfast/catalog';
import fc from 'fast-check';
import { parseSelector } from '@holdfast/media';
import { expect, test } from 'vitest';
import { assertMediumWords } from './media-name.ts';

function row(id: string, name: string | null): MediumRow {
  return {
    ...{ id, name, location: null, owner: null, protected: false },
    ...{ label: null, uuid: null, serial: null, vendor: null, product: null, size: null },
    ...{ firstSeen: '2026-11-25T22:33:25.000Z', lastSeen: '2026-11-25T22:33:25.000Z' },
  };
}

test.each(['', ' vault', 'vault ', 'a/b', 'a\nb', 'a\u0000b', 'a\u202eb', 'x'.repeat(65)])(
  'a medium cannot be called %j',
  (name) => {
    expect(() => assertMediumWords({ name }, 'a', [])).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  },
);

test('a place and an owner are one line each, and may be taken back with nothing', () => {
  expect(() => assertMediumWords({ location: '', owner: '' }, 'a', [])).not.toThrow();
  expect(() =>
    assertMediumWords({ location: 'bank box 2', owner: 'Ann Müller' }, 'a', []),
  ).not.toThrow();
  for (const text of ['a\nb', 'x'.repeat(65), ' a']) {
    expect(() => assertMediumWords({ location: text }, 'a', [])).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
    expect(() => assertMediumWords({ owner: text }, 'a', [])).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  }
});

test('a name belongs to one medium, in whichever case, and to itself', () => {
  const known = [row('a', 'Vault-1'), row('b', null)];
  for (const name of ['Vault-1', 'vault-1']) {
    expect(() => assertMediumWords({ name }, 'b', known)).toThrow(
      expect.objectContaining({ code: 'MEDIUM_NAME_TAKEN' }),
    );
    expect(() => assertMediumWords({ name }, 'a', known)).not.toThrow();
  }
});

test('whatever a medium can be called, a selector can say', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }), (name) => {
      try {
        assertMediumWords({ name }, 'a', []);
      } catch {
        return;
      }
      // What begins with /dev/ has a slash, and cannot be a name.
      expect(parseSelector(`usb:${name}`)).toEqual({ name, item: null });
    }),
  );
});
