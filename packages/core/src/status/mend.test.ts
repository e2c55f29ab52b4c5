import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { backUpAgain, pathOfCopy } from './mend.ts';
import { aroundOf, copyInFolder, copyOnMedium, mediumRow, viewOf } from './testing/views.ts';
import type { SecretView } from './view.ts';

function line(more: Partial<SecretView>, to?: readonly string[]): string | null {
  return backUpAgain(viewOf({ copies: [], ...more }), aroundOf(), to);
}

test.each([
  [{ kind: 'file', what: ['/etc/sso'] }, 'holdfast backup /etc/sso --to usb'],
  [{ kind: 'file', what: ['/etc/key'] }, 'holdfast backup /etc/key --name sso --to usb'],
  [{ kind: 'files', what: ['/a', '/b'] }, 'holdfast backup /a /b --name sso --to usb'],
  [{ kind: 'store', what: ['sso'] }, 'holdfast backup store:sso --to usb'],
  [{ kind: 'command', what: ['get x'] }, "holdfast backup --exec 'get x' --name sso --to usb"],
  [null, 'cat | holdfast backup - --name sso --to usb'],
] as const)('a secret from %j is backed up as it was read', (source, expected) => {
  expect(line({ source })).toBe(expected);
});

test('a new backup goes to where the former copies are, each place once, and never to another machine', () => {
  const copies = [
    copyInFolder('here', '/srv', { id: '1' }),
    copyInFolder('here', '/srv', { id: '2' }),
    copyInFolder('there', '/far'),
    copyOnMedium('black'),
  ];
  expect(line({ copies })).toBe('holdfast backup /etc/sso --to /srv --to usb:BLACK');
  expect(line({ copies: [copyInFolder('there', '/far')] })).toBe(
    'holdfast backup /etc/sso --to usb',
  );
});

test('a medium is called by its name, else by its label, and by what fits into usb:', () => {
  const path = (more: object): string => {
    const media = new Map([['black', mediumRow('black', more)]]);
    return pathOfCopy(copyOnMedium('black'), aroundOf({ media }));
  };
  expect(path({ name: 'bank-2' })).toBe('usb:bank-2/sso.tar');
  expect(path({})).toBe('usb:BLACK/sso.tar');
  expect(path({ label: 'a/b' })).toBe('usb:uuid-black/sso.tar');
  expect(path({ label: '', uuid: null })).toBe('usb:serial-black/sso.tar');
  expect(pathOfCopy(copyOnMedium('gone'), aroundOf())).toBe('usb/sso.tar');
});

test('a hostile path reaches the command as it is, and nothing of it is run', () => {
  const path = '/tmp/a b\'c"$(touch /tmp/holdfast-was-run)`x`\n-- é';
  const text = line({ source: { kind: 'file', what: [path] }, name: basename(path) });
  const shown = execFileSync('sh', [
    '-c',
    `holdfast() { printf '%s\\0' "$@"; }; ${text ?? 'false'}`,
  ]);
  expect(shown.toString().split('\0')).toEqual(['backup', path, '--to', 'usb', '']);
});
