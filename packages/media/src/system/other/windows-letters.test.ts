import { expect, test } from 'vitest';

import { windowsFingerprint } from './windows-letters.ts';

const never = new Promise<never>(() => undefined);

test('it names the letters that are there, each with its volume', async () => {
  const print = windowsFingerprint(async (path) => ({ 'C:\\': '17', 'E:\\': '42' })[path] ?? null);

  expect(await print()).toBe('C:17 E:42');
});

test('it differs when another stick has come by the same letter, and when it is gone', async () => {
  const answers = ['1', '2', null];
  const print = windowsFingerprint(async (path) =>
    path === 'E:\\' ? (answers.shift() ?? null) : null,
  );

  expect([await print(), await print(), await print()]).toEqual(['E:1', 'E:2', '']);
});

test('floppy drives are left alone', async () => {
  const asked: string[] = [];
  await windowsFingerprint(async (path) => {
    asked.push(path);
    return null;
  })();

  expect(asked).not.toContain('A:\\');
  expect(asked).not.toContain('B:\\');
});

test('a network drive that does not answer keeps its last answer, and is not asked twice', async () => {
  let asked = 0;
  const print = windowsFingerprint(async (path) => {
    if (path === 'C:\\') return '17';
    if (path !== 'Z:\\') return null;
    asked += 1;
    return asked === 1 ? '9' : await never;
  });

  expect([await print(), await print(), await print()]).toEqual([
    'C:17 Z:9',
    'C:17 Z:9',
    'C:17 Z:9',
  ]);
  expect(asked).toBe(2);
});

test('a drive that cannot be looked at is not there', async () => {
  const print = windowsFingerprint(
    async () => await Promise.reject(new Error('the device is not ready')),
  );

  expect(await print()).toBe('');
});
