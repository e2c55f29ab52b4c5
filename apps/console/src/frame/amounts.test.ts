import { expect, test } from 'vitest';
import { agoText, sizeText, spanText } from './amounts.ts';

const HOUR = 3_600_000;

test.each([
  [0, '0 B'],
  [1536, '1.5 KiB'],
  [64 * 1024 * 1024, '64 MiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes, 'en')).toBe(text);
});

test('how long ago it was is told in the largest unit', () => {
  expect(agoText(0, 3 * HOUR, 'en')).toBe('3 hours ago');
  expect(agoText(48 * HOUR, 0, 'de')).toBe('übermorgen');
});

test('a span is told in the largest unit that fits it whole', () => {
  expect(spanText(90 * 24 * HOUR, 'en')).toBe('3 months');
  expect(spanText(36 * HOUR, 'en')).toBe('36 hours');
});
