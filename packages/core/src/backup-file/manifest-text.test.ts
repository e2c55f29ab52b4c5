import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeManifest } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { assertManifestText } from './manifest-text.ts';
import { sampleManifest } from './testing/sample-backup.ts';

const texts = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', maxLength: 600 }),
    fc.constantFrom('', 'a\nb', 'a\u202eb', '\u2028', '\ud800', 'x'.repeat(255), 'x'.repeat(256)),
    fc.constantFrom('x'.repeat(512), 'x'.repeat(513), '\u001b[31m'),
  ),
  { nil: null },
);

test('a name and a hint are accepted exactly when a manifest with them is read again', async () => {
  await fc.assert(
    fc.asyncProperty(texts, texts, async (secret, hint) => {
      const bytes = encodeManifest(sampleManifest({ manifest: { secret, hint } }));
      const readable = await parseManifest(bytes).then(
        () => true,
        () => false,
      );
      const check = expect(() => {
        assertManifestText({ secret, hint });
      });
      if (readable) check.not.toThrow();
      else
        check.toThrow(
          expect.objectContaining({ code: expect.stringMatching(/_INVALID$/) as string }) as Error,
        );
    }),
    { numRuns: 500 },
  );
});

test('which of the two is wrong is told by the code', () => {
  const attempt = (secret: string, hint: string) => (): void => {
    assertManifestText({ secret, hint });
  };
  const thrown = (code: string): Error => expect.objectContaining({ code }) as Error;
  expect(attempt('a\nb', 'x')).toThrow(thrown('SECRET_NAME_INVALID'));
  expect(attempt('a', '')).toThrow(thrown('HINT_INVALID'));
});
