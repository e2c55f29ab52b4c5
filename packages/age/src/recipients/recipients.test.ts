import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrapHeader } from '../header/unwrap.ts';
import { wrapHeader } from '../header/wrap.ts';
import type { Identity, Recipient } from '../ports.ts';
import { Secret } from '../secret.ts';
import { codeThrown } from '../testing/codes.ts';
import { HybridIdentity, HybridRecipient } from './hybrid.ts';
import { generateIdentity, parseIdentity, parseRecipient } from './parse.ts';
import { ScryptIdentity, ScryptRecipient } from './scrypt.ts';
import { TagRecipient } from './tag.ts';
import { X25519Identity, X25519Recipient } from './x25519.ts';

const password = Secret.fromText('correct horse');
const other = Secret.fromText('battery staple');
const TAG = 'age1tag1qwe0kafsjrar4txm6heqnhpfuggzr0gvznz7fvygxrlq90u5mq2pysxtw6h';

async function opens(recipients: Recipient[], identities: Identity[]): Promise<boolean> {
  using fileKey = Secret.random(16);
  const header = await wrapHeader(fileKey, recipients);
  using unwrapped = await unwrapHeader(header, identities);
  return Buffer.from(unwrapped.bytes).equals(fileKey.bytes);
}

describe.each([
  ['X25519', () => X25519Identity.generate()],
  ['hybrid', () => HybridIdentity.generate()],
])('%s', (_, generate) => {
  test('an identity opens what its recipient seals, among others', async () => {
    const [one, two] = [generate(), generate()];
    expect(await opens([one.recipient(), two.recipient()], [generate(), two])).toBe(true);
  });

  test('another identity does not', async () => {
    const opening = opens([generate().recipient()], [generate()]);
    await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
  });

  test('recipients and identities survive their text', async () => {
    const identity = generate();
    using line = identity.toSecret();
    const again = parseIdentity(Buffer.from(line.bytes).toString());
    expect(again.recipient().toString()).toBe(identity.recipient().toString());
    const recipient = parseRecipient(identity.recipient().toString());
    expect(await opens([recipient], [again])).toBe(true);
  });

  test('a changed character of a text is noticed', () => {
    const identity = generate();
    using line = identity.toSecret();
    for (const [text, parse, code] of [
      [identity.recipient().toString(), parseRecipient, 'RECIPIENT_INVALID'],
      [Buffer.from(line.bytes).toString(), parseIdentity, 'IDENTITY_INVALID'],
    ] as const) {
      for (let at = 0; at < text.length; at += 1 + Math.floor(text.length / 60)) {
        const changed = `${text.slice(0, at)}${text[at] === 'q' ? 'p' : 'q'}${text.slice(at + 1)}`;
        expect(codeThrown(() => parse(changed))).toBe(code);
      }
    }
  });

  test('an identity says nothing of itself when it is shown', () => {
    const identity = generate();
    using line = identity.toSecret();
    const secret = Buffer.from(line.bytes).toString();
    expect(
      inspect(identity, { depth: 9, showHidden: true }) + JSON.stringify(identity),
    ).not.toContain(secret.slice(20));
  });
});

describe('passwords', () => {
  test('the password opens, another does not', async () => {
    const recipient = new ScryptRecipient(password, { workFactor: 1 });
    expect(await opens([recipient], [new ScryptIdentity(password)])).toBe(true);
    const opening = opens([recipient], [new ScryptIdentity(other)]);
    await expect(opening).rejects.toMatchObject({ code: 'NO_IDENTITY_MATCHED' });
  });

  test('take a work factor of 18 unless told otherwise', async () => {
    const [stanza] = await new ScryptRecipient(password).wrapFileKey(new Uint8Array(16));
    expect(stanza?.args[2]).toBe('18');
  });

  test('are never written with a work factor over 20', () => {
    for (const workFactor of [0, 21, 1.5, NaN, -1]) {
      expect(codeThrown(() => new ScryptRecipient(password, { workFactor }))).toBe(
        'RECIPIENT_INVALID',
      );
    }
  });

  test('are never tried with a work factor over 22, however it is written', async () => {
    const identity = new ScryptIdentity(password);
    const ask = async (logN: string) =>
      await identity.unwrapFileKey([
        { args: ['scrypt', 'A'.repeat(22), logN], body: new Uint8Array(32) },
      ]);
    for (const logN of ['23', '64', '9'.repeat(400)]) {
      await expect(ask(logN)).rejects.toMatchObject({ code: 'WORK_FACTOR_TOO_HIGH' });
    }
    for (const logN of ['0', '01', '+1', '-1', '1e1', '1.5', '', 'x', '١']) {
      await expect(ask(logN)).rejects.toMatchObject({ code: 'AGE_HEADER_INVALID' });
    }
    expect(codeThrown(() => new ScryptIdentity(password, { maxWorkFactor: 23 }))).toBe(
      'IDENTITY_INVALID',
    );
  });

  test('obey a lower limit', async () => {
    const opening = opens(
      [new ScryptRecipient(password, { workFactor: 3 })],
      [new ScryptIdentity(password, { maxWorkFactor: 2 })],
    );
    await expect(opening).rejects.toMatchObject({ code: 'WORK_FACTOR_TOO_HIGH' });
  });

  test('stand alone, also beside themselves', async () => {
    const recipient = new ScryptRecipient(password, { workFactor: 1 });
    for (const companion of [
      recipient,
      new ScryptRecipient(password, { workFactor: 1 }),
      generateIdentity().recipient(),
    ]) {
      using fileKey = Secret.random(16);
      const wrapping = wrapHeader(fileKey, [recipient, companion]);
      await expect(wrapping).rejects.toMatchObject({ code: 'RECIPIENTS_INCOMPATIBLE' });
    }
  });

  test('are not derived on the main thread', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await new ScryptRecipient(password, { workFactor: 16 }).wrapFileKey(new Uint8Array(16));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  test('can be called off while they are derived', async () => {
    const abort = new AbortController();
    const recipient = new ScryptRecipient(password, { workFactor: 17 });
    const wrapping = recipient.wrapFileKey(new Uint8Array(16), { signal: abort.signal });
    const started = performance.now();
    abort.abort();
    await expect(wrapping).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - started).toBeLessThan(100);
    const again = recipient.wrapFileKey(new Uint8Array(16), { signal: abort.signal });
    await expect(again).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test('are not empty', () => {
    const empty = Secret.fromText('');
    expect(codeThrown(() => new ScryptRecipient(empty))).toBe('RECIPIENT_INVALID');
    expect(codeThrown(() => new ScryptIdentity(empty))).toBe('IDENTITY_INVALID');
  });
});

describe('labels', () => {
  const classical = generateIdentity().recipient();
  const hybrid = HybridIdentity.generate().recipient();
  const labelled = (...labels: string[]): Recipient => ({
    labels,
    wrapFileKey: async () => [{ args: ['example.com/x'], body: new Uint8Array(1) }],
  });
  const wrap = async (...recipients: Recipient[]) => {
    using fileKey = Secret.random(16);
    return (await wrapHeader(fileKey, recipients)).stanzas.length;
  };

  test('keep a post-quantum file from being opened by a classical recipient', async () => {
    await expect(wrap(hybrid, classical)).rejects.toMatchObject({
      code: 'RECIPIENTS_INCOMPATIBLE',
    });
    expect(await wrap(hybrid, labelled('postquantum'))).toBe(2);
  });

  test('are sets: order and repetition say nothing', async () => {
    expect(await wrap(labelled('a', 'b'), labelled('b', 'a', 'b'))).toBe(2);
    expect(await wrap(labelled(), classical)).toBe(2);
    await expect(wrap(labelled('a'), labelled('a', 'b'))).rejects.toMatchObject({
      code: 'RECIPIENTS_INCOMPATIBLE',
    });
  });

  test('or not, there must be a recipient', async () => {
    await expect(wrap()).rejects.toMatchObject({ code: 'RECIPIENT_INVALID' });
  });
});

describe('texts', () => {
  test('any text is a recipient that shows itself so, or a typed error', () => {
    const known = [generateIdentity().recipient().toString(), TAG];
    const near = fc
      .constantFrom(...known)
      .chain((text) =>
        fc.tuple(fc.nat(text.length), fc.string()).map(([at, s]) => text.slice(0, at) + s),
      );
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const code = codeThrown(() => expect(parseRecipient(text).toString()).toBe(text));
        expect(['no error', 'RECIPIENT_INVALID']).toContain(code);
        expect(codeThrown(() => parseIdentity(text))).toBe('IDENTITY_INVALID');
      }),
    );
  });

  test('recipients are in lower case, identities in upper case', () => {
    const identity = generateIdentity();
    using line = identity.toSecret();
    const upper = identity.recipient().toString().toUpperCase();
    const lower = Buffer.from(line.bytes).toString().toLowerCase();
    expect(codeThrown(() => parseRecipient(upper))).toBe('RECIPIENT_INVALID');
    expect(codeThrown(() => parseIdentity(lower))).toBe('IDENTITY_INVALID');
  });

  test('an identity given for a recipient is not quoted', () => {
    using line = generateIdentity().toSecret();
    const text = Buffer.from(line.bytes).toString();
    let message = '';
    try {
      parseRecipient(text);
    } catch (error) {
      message = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error);
    }
    expect(message).toContain('identity');
    expect(message).not.toContain(text.slice(16));
  });

  test('a tag recipient shows itself', () => {
    expect(parseRecipient(TAG)).toBeInstanceOf(TagRecipient);
    expect(parseRecipient(TAG).toString()).toBe(TAG);
  });
});

describe('points that hide nothing', () => {
  test('are refused as recipients', async () => {
    const zero = new X25519Recipient(new Uint8Array(32));
    await expect(zero.wrapFileKey(new Uint8Array(16))).rejects.toMatchObject({
      code: 'RECIPIENT_INVALID',
    });
    const offCurve = new Uint8Array(33);
    offCurve[0] = 2;
    offCurve[32] = 1;
    expect(codeThrown(() => new TagRecipient(new Uint8Array(33)))).toBe('RECIPIENT_INVALID');
    expect(codeThrown(() => new TagRecipient(offCurve))).toBe('RECIPIENT_INVALID');
    expect(codeThrown(() => new HybridRecipient(Buffer.alloc(1216, 0xff)))).toBe(
      'RECIPIENT_INVALID',
    );
    const halfZero = new HybridRecipient(new Uint8Array(1216));
    await expect(halfZero.wrapFileKey(new Uint8Array(16))).rejects.toMatchObject({
      code: 'RECIPIENT_INVALID',
    });
  });

  test('a recipient of a wrong length is refused', () => {
    expect(codeThrown(() => new X25519Recipient(new Uint8Array(31)))).toBe('RECIPIENT_INVALID');
    expect(codeThrown(() => new TagRecipient(new Uint8Array(65)))).toBe('RECIPIENT_INVALID');
    expect(codeThrown(() => new HybridRecipient(new Uint8Array(1184)))).toBe('RECIPIENT_INVALID');
  });
});
