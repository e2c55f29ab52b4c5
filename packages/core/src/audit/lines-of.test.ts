import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from './lines-of.ts';

async function* inParts(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length)
    yield await Promise.resolve(bytes.subarray(at, at + length));
}

async function lines(text: string, length: number, limit = 1000): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for await (const line of linesOf(inParts(Buffer.from(text), length), limit))
    found.push(line.text);
  return found;
}

test('lines are what stands between newlines, in whatever parts they come', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((it) => it.replaceAll('\n', '\u2028'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 20 }), async (all, length) => {
      const text = all.map((it) => `${it}\n`).join('');
      expect(await lines(text, length)).toEqual(all);
    }),
  );
});

test('a last line without its newline is a line; nothing behind the last newline is none', async () => {
  expect(await lines('a\nb', 1)).toEqual(['a', 'b']);
  expect(await lines('a\n', 1)).toEqual(['a']);
  expect(await lines('', 1)).toEqual([]);
});

test('a line that is too long is none, and the next one is read as ever', async () => {
  const text = `${'x'.repeat(11)}\n${'y'.repeat(10)}\n`;
  for (const length of [1, 5, 11, 12, 100])
    expect(await lines(text, length, 10)).toEqual([null, 'y'.repeat(10)]);
});
