import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { isPrintable, printable, toTerminal } from './to-terminal.ts';

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield* all;
}

function screen(): { stream: Writable; shown: () => string } {
  let text = '';
  const stream = new Writable({
    write(part: Buffer, _, done) {
      text += part.toString();
      done();
    },
  });
  return { stream, shown: () => text };
}

test('text goes to a terminal whole', async () => {
  const { stream, shown } = screen();
  const text = Buffer.from('pässword\n');
  await toTerminal(stream).consume(pieces(text.subarray(0, 2), text.subarray(2)), {});
  expect(shown()).toBe('pässword\n');
});

test.each([
  ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
  ['an escape sequence', Buffer.from('\u001b[2J')],
  ['more than fits', Buffer.alloc(100_000, 'a')],
])('%s stays off the terminal', async (_, bytes) => {
  const { stream, shown } = screen();
  await expect(toTerminal(stream).consume(pieces(bytes), {})).rejects.toMatchObject({
    code: 'DESTINATION_INVALID',
  });
  expect(shown()).toBe('');
});

test('tabs and line ends are text', () => {
  expect(isPrintable(Buffer.from('a\tb\r\n'))).toBe(true);
});

test('a text from outside cannot steer a terminal, nor begin a line of its own', () => {
  expect(printable('lab\u001b[2J\nAGE-SECRET-KEY-1\u202e é')).toBe('lab�[2J�AGE-SECRET-KEY-1� é');
});
