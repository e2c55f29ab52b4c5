import { expect, test } from 'vitest';
import { digestTar } from './tar-digest.ts';
import { withSecondReader } from './second-reader.ts';

async function* pieces(...all: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield Uint8Array.from(Buffer.from(piece));
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const bytes of content) all.push(Uint8Array.from(bytes));
  return Buffer.concat(all).toString();
}

test('both readers see all of it, and the second one sees each piece first', async () => {
  const order: string[] = [];
  const { content, result } = withSecondReader(pieces('a', 'b', 'c'), async (copy) => {
    let seen = '';
    for await (const bytes of copy) {
      seen += Buffer.from(bytes).toString();
      order.push(`second ${seen}`);
    }
    return seen;
  });
  let first = '';
  for await (const bytes of content) {
    first += Buffer.from(bytes).toString();
    order.push(`first ${first}`);
    bytes.fill(0);
  }
  expect(await result).toBe('abc');
  expect(order).toEqual([
    'second a',
    'first a',
    'second ab',
    'first ab',
    'second abc',
    'first abc',
  ]);
});

test('a second reader that fails, or has enough, does not hold up the first', async () => {
  const failing = withSecondReader(pieces('a', 'b', 'c'), async (copy) => {
    for await (const _ of copy) throw new RangeError('planted');
  });
  expect(await textOf(failing.content)).toBe('abc');
  await expect(failing.result).rejects.toThrow(RangeError);
  const idle = withSecondReader(pieces('a', 'b'), async () => await Promise.resolve('enough'));
  expect(await textOf(idle.content)).toBe('ab');
  expect(await idle.result).toBe('enough');
});

test('when the stream fails or is given up, the second reader is let go', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1);
    throw new RangeError('planted');
  }
  const shared = withSecondReader(broken(), textOf);
  await expect(textOf(shared.content)).rejects.toThrow(RangeError);
  expect(await shared.result).toBe('\u0001');
  const given = withSecondReader(pieces('a', 'b'), textOf);
  for await (const _ of given.content) break;
  expect(await given.result).toBe('a');
});

test('what is no tar of ours has no digest', async () => {
  const digesting = digestTar(pieces('x'.repeat(1024)));
  await expect(digesting).rejects.toMatchObject({ code: 'PAYLOAD_UNSAFE' });
});
