import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unauthenticated } from './unauthenticated.ts';

test('who somebody says to be fits into a line of a log, whatever they say', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (said) => {
      const { as } = new Unauthenticated('certificate', 'no', said);
      expect(as).toMatch(/^[\p{L}\p{N} .,_@+'?-]{0,64}$/u);
    }),
  );
});

test('a name that people have stays as it is', () => {
  const of = (said: string | null) => new Unauthenticated('certificate', 'no', said).as;
  expect(of("Zoë O'Neill-Müller")).toBe("Zoë O'Neill-Müller");
  expect(of('ci@build.example')).toBe('ci@build.example');
  expect(of(null)).toBeNull();
});
