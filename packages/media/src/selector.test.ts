import fc from 'fast-check';
import { expect, test } from 'vitest';

import { offer } from './offer.ts';
import { formatSelector, isSelector, parseSelector, selects } from './selector.ts';
import { aDisk, aPart } from './testing/disks.ts';

test.each([
  ['usb', null, null],
  ['usb:BLACK', 'BLACK', null],
  ['usb:MY STICK', 'MY STICK', null],
  ['usb:1234-ABCD', '1234-ABCD', null],
  ['usb:/dev/sdb', '/dev/sdb', null],
  ['usb:/dev/sdb1/sso', '/dev/sdb1', 'sso'],
  ['usb:/dev/mapper/luks-1', '/dev/mapper/luks-1', null],
  ['usb:/dev/mapper/luks-1/sso', '/dev/mapper/luks-1', 'sso'],
  ['usb/sso', null, 'sso'],
  ['usb:BLACK/sso.tar', 'BLACK', 'sso.tar'],
  ['usb:a:b', 'a:b', null],
])('%s names a medium and what is on it', (text, name, item) => {
  expect(isSelector(text)).toBe(true);
  expect(parseSelector(text)).toEqual({ name, item });
  expect(formatSelector({ name, item })).toBe(text);
});

test.each(['usb:', 'usb/', 'usb:BLACK/', 'usb:BLACK/a/b', 'usb:/sda', 'usb:/dev/', 'usb:a\0b'])(
  '%j names none',
  (text) => {
    expect(isSelector(text)).toBe(true);
    expect(() => parseSelector(text)).toThrow(
      expect.objectContaining({ code: 'MEDIUM_SELECTOR_INVALID' }),
    );
  },
);

test.each(['./usb', '/usb', 'usb.tar', 'usbstick', 'USB', 'out.tar', ''])(
  '%j is a path and no selector',
  (text) => {
    expect(isSelector(text)).toBe(false);
  },
);

test('what is written as a selector is read as the same', () => {
  const word = fc.string({ minLength: 1 }).filter((text) => !/[/\0]/.test(text));
  const node = fc.stringMatching(/^\/dev\/(mapper\/)?[a-z0-9-]{1,8}$/);
  const selector = fc.record({
    name: fc.oneof(
      fc.constant(null),
      word,
      node.filter((it) => it !== '/dev/mapper'),
    ),
    item: fc.oneof(fc.constant(null), word),
  });
  fc.assert(
    fc.property(selector, (it) => {
      expect(parseSelector(formatSelector(it))).toEqual(it);
    }),
  );
});

test('any text is a selector, or is refused as one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const whole = `usb:${text}`;
      try {
        expect(formatSelector(parseSelector(whole))).toBe(whole);
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'MEDIUM_SELECTOR_INVALID' });
      }
    }),
  );
});

const [medium] = offer([aDisk({ parts: [aPart(), aPart({ node: '/dev/sdb2', label: null })] })]);
const [first, second] = medium!.volumes;

test.each([
  [null, true, true],
  ['BLACK', true, false],
  ['black', false, false],
  ['1234-abcd', true, true],
  ['4C530001230101', true, true],
  ['4c530001230101', false, false],
  ['/dev/sdb', true, true],
  ['/dev/sdb1', true, false],
  ['/dev/sdb2', false, true],
  ['/dev/sd', false, false],
  ['null', false, false],
])('%s names these volumes of a stick', (name, one, other) => {
  expect(selects({ name }, medium!, first!)).toBe(one);
  expect(selects({ name }, medium!, second!)).toBe(other);
});
