import { Secret } from '@holdfast/age';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openShare, openShareText, type Share } from './share.ts';

const SHARE = {
  backup: '3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55',
  envelope: 2,
  set: '00112233445566778899aabbccddeeff',
  custodian: 'alice',
  index: 173,
  threshold: 2,
  shares: 3,
};

const textOf = (value: Uint8Array, change: Partial<Omit<Share, 'value'>> = {}): string => {
  using secret = Secret.copy(value);
  using text = openShareText({ ...SHARE, ...change, value: secret });
  return Buffer.from(text.bytes).toString();
};

const outcome = (text: string | Uint8Array): unknown => {
  try {
    using share = openShare(Buffer.from(text), 'it');
    return [...share.value.bytes];
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

test('a share is lines for a person, and one of digits', () => {
  expect(textOf(Uint8Array.of(0, 171, 255))).toBe(`# holdfast-share: 1
# backup-id: 3f1a52a0-6c1e-4f1d-9c39-0d3a2c9b7e55
# envelope: 2
# set: 00112233445566778899aabbccddeeff
# custodian: alice
# index: 173
# threshold: 2
# shares: 3
00abff
`);
});

test('what was written is read again', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 4096 }),
      fc.uuid(),
      fc.integer({ min: 1, max: 999_999 }),
      fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/),
      fc.integer({ min: 1, max: 255 }),
      fc.integer({ min: 2, max: 255 }),
      (bytes, backup, envelope, custodian, index, threshold) => {
        const about = {
          ...SHARE,
          backup,
          envelope,
          custodian,
          index,
          threshold,
          shares: threshold,
        };
        using share = openShare(Buffer.from(textOf(bytes, about)), 'it');
        expect(share).toMatchObject(about);
        expect([...share.value.bytes]).toEqual([...bytes]);
      },
    ),
  );
});

const good = textOf(Uint8Array.of(1, 2, 3));

test.each([
  ['nothing', ''],
  ['no last newline', good.slice(0, -1)],
  ['a line more', `${good}\n`],
  ['a second share', `${good}010203\n`],
  ['windows line ends', good.replaceAll('\n', '\r\n')],
  ['capital digits', good.replace('010203', '0A0203')],
  ['half a byte', good.replace('010203', '01020')],
  ['no byte', good.replace('010203', '')],
  ['a letter', good.replace('010203', '01020g')],
  ['a space', good.replace('010203', '010203 ')],
  ['another version', good.replace('share: 1', 'share: 2')],
  ['an index of 0', good.replace('index: 173', 'index: 0')],
  ['an index of 256', good.replace('index: 173', 'index: 256')],
  ['a threshold of 1', good.replace('threshold: 2', 'threshold: 1')],
  ['a number with a zero before it', good.replace('envelope: 2', 'envelope: 02')],
  ['a name that is a path', good.replace('alice', '../alice')],
  ['a set cut short', good.replace('eeff', '')],
  ['lines in another order', good.replace(/(# index.*\n)(# threshold.*\n)/, '$2$1')],
  ['a line left out', good.replace(/# set.*\n/, '')],
  ['an identity file', 'AGE-SECRET-KEY-1QQQQ\n'],
  ['too much of it', good.replace('010203', '01'.repeat(4097))],
  ['a name with a byte that is no character', Buffer.from(good, 'latin1').fill(0xff, 110, 112)],
])('%s is refused', (_what, text) => {
  expect(outcome(text)).toBe('SHARE_INVALID');
});

test('any bytes at all are a share or a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(good.length), fc.nat(255), (bytes, at, byte) => {
      expect(outcome(bytes)).toBe('SHARE_INVALID');
      const changed = Buffer.from(good);
      changed[Math.min(at, changed.length - 1)] = byte;
      expect(outcome(changed)).toSatisfy(
        (it) => it === 'SHARE_INVALID' || (Array.isArray(it) && it.length === 3),
      );
    }),
  );
});

test('an error does not quote what it read', () => {
  const secret = 'deadbeef'.repeat(8);
  try {
    openShare(Buffer.from(good.replace('010203', `${secret}x`)), 'it')[Symbol.dispose]();
  } catch (error) {
    expect(String(error)).not.toContain('deadbeef');
    return;
  }
  expect.unreachable();
});

test('a share that was disposed of is wiped', () => {
  let bytes = Uint8Array.of(1);
  {
    using share = openShare(Buffer.from(good), 'it');
    ({ bytes } = share.value);
    expect([...bytes]).toEqual([1, 2, 3]);
  }
  expect([...bytes]).toEqual([0, 0, 0]);
});
