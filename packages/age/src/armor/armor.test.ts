import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, codeThrown } from '../testing/codes.ts';
import { drain, inPieces } from '../testing/sources.ts';
import { decodeArmor, dearmorStream } from './decode.ts';
import { armorStream, encodeArmor } from './encode.ts';
import { isArmored } from './format.ts';

test('any bytes come back from their armor, whole or in any pieces, with any line ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 100 }),
      fc.boolean(),
      async (file, size, crlf) => {
        const text = Buffer.from(encodeArmor(file)).toString();
        const armored = Buffer.from(crlf ? text.replaceAll('\n', '\r\n') : text);
        expect(decodeArmor(armored)).toEqual(file);
        const decoded = await drain(dearmorStream(inPieces(armored, size)));
        expect(decoded).toEqual({ bytes: Buffer.from(file), error: null });
        const encoded = await drain(armorStream(inPieces(file, size)));
        expect(encoded.bytes.toString()).toBe(text);
      },
    ),
  );
});

test('a long file has the same armor in a stream as whole', async () => {
  const file = new Uint8Array(200_000).map((_, index) => index);
  const { bytes } = await drain(armorStream(inPieces(file, 65_536)));
  expect(Buffer.compare(bytes, encodeArmor(file))).toBe(0);
  const { bytes: again } = await drain(dearmorStream(inPieces(bytes, 10_000)));
  expect(Buffer.compare(again, file)).toBe(0);
});

test('a change of any byte gives other bytes or a typed error, never the same file', () => {
  const file = Buffer.from('an age file of more than a line of armor, for it has many words');
  const armored = encodeArmor(file);
  for (let at = 0; at < armored.length; at++) {
    for (const byte of [0x00, 0x0a, 0x0d, 0x20, 0x3d, 0x41, 0x62, 0xff]) {
      if (armored[at] === byte) continue;
      const changed = new Uint8Array(armored);
      changed[at] = byte;
      try {
        const decoded = Buffer.from(decodeArmor(changed));
        // White space after the last line is the one thing that says nothing.
        if (at < armored.length - 1) expect(decoded.equals(file)).toBe(false);
      } catch (error) {
        expect(codeOf(error)).toBe('ARMOR_INVALID');
      }
    }
  }
});

test('what is cut anywhere is refused', async () => {
  const armored = encodeArmor(new Uint8Array(100)).subarray(0, -1);
  for (let length = 0; length < armored.length; length++) {
    const cut = armored.subarray(0, length);
    expect(
      codeThrown(() => decodeArmor(cut)),
      `cut at ${length}`,
    ).toBe('ARMOR_INVALID');
    const { error } = await drain(dearmorStream(inPieces(cut, 13)));
    expect(codeOf(error)).toBe('ARMOR_INVALID');
  }
});

test('white space around is taken up to a limit, and nothing else is', () => {
  const armored = Buffer.from(encodeArmor(Buffer.from('x'))).toString('latin1');
  const decode = (text: string) => codeThrown(() => decodeArmor(Buffer.from(text, 'latin1')));
  expect(decode(`\r\n \t\n${armored}\n \n\t`)).toBe('no error');
  for (const noise of ['\n'.repeat(1025), ' '.repeat(1025), '\xa0', '\v', 'x', '\0']) {
    expect(decode(`${noise}\n${armored}`)).toBe('ARMOR_INVALID');
    expect(decode(`${armored}${noise}`)).toBe('ARMOR_INVALID');
  }
});

test('an endless line is given up', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\n');
    for (;;) yield Buffer.from('A'.repeat(60));
  }
  expect(codeOf((await drain(dearmorStream(endless()))).error)).toBe('ARMOR_INVALID');
});

test('armor is recognised by its first line, after white space', () => {
  const recognised = (text: string) => isArmored(Buffer.from(text));
  expect(recognised('-----BEGIN AGE ENCRYPTED FILE-----\n')).toBe(true);
  expect(recognised(' \r\n-----BEGIN AGE ENCRYPTED FILE-----\n')).toBe(true);
  expect(recognised('age-encryption.org/v1\n')).toBe(false);
  expect(recognised('-----BEGIN OPENSSH PRIVATE KEY-----\n')).toBe(false);
  expect(recognised('-----BEGIN')).toBe(false);
  expect(recognised('')).toBe(false);
  expect(recognised(`${' '.repeat(2000)}-----BEGIN AGE ENCRYPTED FILE-----`)).toBe(false);
});
