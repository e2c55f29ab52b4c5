import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { X25519Identity } from '../recipients/x25519.ts';
import { inPieces } from '../testing/sources.ts';
import { codeOf, codeThrown } from '../testing/codes.ts';
import { encodeHeader, parseHeader } from './header.ts';
import { MAX_HEADER, MAX_LINE } from './limits.ts';
import { readHeader } from './read.ts';
import { unwrapHeader } from './unwrap.ts';
import { wrapHeader } from './wrap.ts';

const argument = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 80,
});
const stanza = fc.record({
  args: fc.array(argument, { minLength: 1, maxLength: 5 }).filter(([type]) => type !== 'scrypt'),
  body: fc.uint8Array({ maxLength: 200 }),
});
const mac = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('the grammar', () => {
  test('what is encoded reads back the same, followed by anything, in any pieces', async () => {
    const stanzas = fc.array(stanza, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        stanzas,
        mac,
        fc.uint8Array({ maxLength: 100 }),
        fc.integer({ min: 1, max: 50 }),
        async (expected, macBytes, payload, size) => {
          const bytes = encodeHeader({ stanzas: expected, mac: macBytes });
          const header = parseHeader(Buffer.concat([bytes, payload]));
          expect(header.stanzas).toEqual(expected);
          expect(header.mac).toEqual(macBytes);
          expect(header.bytes).toEqual(bytes);
          expect(header.size).toBe(bytes.length);
          const streamed = await readHeader(inPieces(Buffer.concat([bytes, payload]), size));
          expect(streamed).toEqual(header);
        },
      ),
    );
  });

  test('any bytes are either a header that encodes back to them, or a typed error', () => {
    const nearly = fc
      .array(
        fc.constantFrom(
          'age-encryption.org/v1',
          '\n',
          '-> ',
          '--- ',
          'a',
          'AAAA',
          ' ',
          '\r',
          '=',
          '\xff',
        ),
        { maxLength: 20 },
      )
      .map((parts) => Buffer.from(['age-encryption.org/v1\n', ...parts].join(''), 'latin1'));
    fc.assert(
      fc.property(fc.oneof(nearly, fc.uint8Array()), (bytes) => {
        try {
          const header = parseHeader(bytes);
          expect(encodeHeader(header)).toEqual(header.bytes);
        } catch (error) {
          expect(['NOT_AGE', 'AGE_HEADER_INVALID']).toContain(codeOf(error));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('arguments that could forge a line are refused', () => {
    for (const args of [[], [''], ['a b'], ['a\n-> b'], ['\r'], ['é'], ['x', '']]) {
      const header = { stanzas: [{ args, body: new Uint8Array(32) }], mac: new Uint8Array(32) };
      expect(codeThrown(() => encodeHeader(header))).toBe('RECIPIENT_INVALID');
    }
  });

  test('a password stanza beside another is refused, written or read', () => {
    const body = new Uint8Array(32);
    const stanzas = [
      { args: ['scrypt', 'A', '1'], body },
      { args: ['X25519', 'A'], body },
    ];
    const refused = codeThrown(() => encodeHeader({ stanzas, mac: new Uint8Array(32) }));
    expect(refused).toBe('RECIPIENTS_INCOMPATIBLE');
    const text = Buffer.from(
      `age-encryption.org/v1\n-> scrypt A 1\n\n-> X25519 A\n\n--- ${'A'.repeat(43)}\n`,
    );
    expect(codeThrown(() => parseHeader(text))).toBe('AGE_HEADER_INVALID');
  });

  test('a header without any stanza is refused, written or read', () => {
    const empty = { stanzas: [], mac: new Uint8Array(32) };
    expect(codeThrown(() => encodeHeader(empty))).toBe('RECIPIENT_INVALID');
    const text = Buffer.from(`age-encryption.org/v1\n--- ${'A'.repeat(43)}\n`);
    expect(codeThrown(() => parseHeader(text))).toBe('AGE_HEADER_INVALID');
  });

  test('a header keeps nothing of the bytes that it was read from', () => {
    const stanzas = [{ args: ['x'], body: new Uint8Array(3) }];
    const bytes = Buffer.from(encodeHeader({ stanzas, mac: new Uint8Array(32) }));
    const header = parseHeader(bytes);
    const before = Buffer.from(header.bytes);
    bytes.fill(0);
    expect(Buffer.from(header.bytes)).toEqual(before);
  });
});

describe('the limits', () => {
  test('an endless line is given up', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('age-encryption.org/v1\n-> ');
      for (;;) yield Buffer.alloc(1024, 'x');
    }
    await expect(readHeader(endless())).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
  });

  test('an endless header is given up', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('age-encryption.org/v1\n');
      for (;;) yield Buffer.from('-> x\n'.repeat(1000));
    }
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const bytes of endless()) {
        sent += bytes.length;
        yield bytes;
      }
    }
    await expect(readHeader(counted())).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
    expect(sent).toBeLessThan(MAX_HEADER + MAX_LINE);
  });

  test('what is not age is given up at its first bytes', async () => {
    async function* stranger(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('PK');
      throw new Error('nobody should have asked for more');
    }
    await expect(readHeader(stranger())).rejects.toMatchObject({ code: 'NOT_AGE' });
  });

  test('what could not be read back for its size is not written', () => {
    const long = { args: ['x'.repeat(MAX_LINE)], body: new Uint8Array() };
    const many = Array.from({ length: MAX_HEADER / 1000 }, () => ({
      args: ['x'],
      body: new Uint8Array(1000),
    }));
    for (const stanzas of [[long], many]) {
      const code = codeThrown(() => encodeHeader({ stanzas, mac: new Uint8Array(32) }));
      expect(code).toBe('RECIPIENTS_INCOMPATIBLE');
    }
  });
});

describe('the file key', () => {
  test('comes out of the header alone', async () => {
    const identity = X25519Identity.generate();
    using fileKey = Secret.random(16);
    const header = await wrapHeader(fileKey, [identity.recipient()]);
    using unwrapped = await unwrapHeader(header.bytes, [identity]);
    expect(unwrapped.bytes).toEqual(fileKey.bytes);
  });

  test('does not come out of a header of which any byte was changed', async () => {
    const identity = X25519Identity.generate();
    using fileKey = Secret.random(16);
    const { bytes } = await wrapHeader(fileKey, [
      identity.recipient(),
      X25519Identity.generate().recipient(),
    ]);
    const codes = new Set<unknown>();
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const changed = new Uint8Array(bytes);
        changed[at]! ^= flip;
        const error: unknown = await unwrapHeader(changed, [identity]).catch((e: unknown) => e);
        codes.add(codeOf(error));
      }
    }
    expect([...codes].sort()).toEqual([
      'AGE_HEADER_INVALID',
      'AGE_HEADER_MAC_MISMATCH',
      'NOT_AGE',
      'NO_IDENTITY_MATCHED',
    ]);
  });

  test('does not come out of a header that was cut, repeated or rearranged', async () => {
    const identity = X25519Identity.generate();
    using fileKey = Secret.random(16);
    const { bytes } = await wrapHeader(fileKey, [identity.recipient()]);
    const text = Buffer.from(bytes).toString('latin1');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length),
        fc.nat(text.length),
        fc.nat(text.length),
        async (from, to, at) => {
          const moved = text.slice(Math.min(from, to), Math.max(from, to));
          const changed = text.slice(0, at) + moved + text.slice(at);
          fc.pre(!changed.startsWith(text));
          const error: unknown = await unwrapHeader(Buffer.from(changed, 'latin1'), [
            identity,
          ]).then(
            () => null,
            (e: unknown) => e,
          );
          expect(codeOf(error)).toMatch(
            /^(NOT_AGE|AGE_HEADER_INVALID|AGE_HEADER_MAC_MISMATCH|NO_IDENTITY_MATCHED)$/,
          );
        },
      ),
    );
  });

  test('when nobody gets it, the kinds of stanzas are named', async () => {
    using fileKey = Secret.random(16);
    const header = await wrapHeader(fileKey, [X25519Identity.generate().recipient()]);
    await expect(unwrapHeader(header, [X25519Identity.generate()])).rejects.toMatchObject({
      code: 'NO_IDENTITY_MATCHED',
      message: expect.stringContaining('X25519'),
    });
  });

  test('of any other size than 16 bytes is refused, and wiped', async () => {
    const identity = X25519Identity.generate();
    using fileKey = Secret.random(16);
    const header = await wrapHeader(fileKey, [identity.recipient()]);
    const long = Secret.random(17);
    const strange = { unwrapFileKey: async () => long };
    await expect(unwrapHeader(header, [strange])).rejects.toMatchObject({
      code: 'AGE_HEADER_INVALID',
    });
    expect(() => long.bytes).toThrow(TypeError);
  });
});
