import { expect, test } from 'vitest';
import { translateAncestor } from './ancestor.ts';

test.each(['-backupsecret', '--backupSecret', '/BACKUPSECRET', '-BackupSecret'])(
  '%s is understood as ssoconfig understood it',
  (spelling) => {
    expect(translateAncestor([spelling, 'a.bak'])).toEqual(['ancestor-backup', 'a.bak']);
  },
);

test('options may stand before it', () => {
  const argv = ['--config', 'c.toml', '--json', '-generatesecret', 'a.bak', '--quiet'];
  const expected = ['ancestor-generate', '--config', 'c.toml', '--json', 'a.bak', '--quiet'];
  expect(translateAncestor(argv)).toEqual(expected);
});

test('after a command it is an argument like any other', () => {
  const argv = ['backup', '/restoresecret', '--to', 'x'];
  expect(translateAncestor(argv)).toEqual(argv);
});

test('the value of an option is not taken for a spelling', () => {
  const argv = ['--state', '/restoresecret', 'inspect', 'x'];
  expect(translateAncestor(argv)).toEqual(argv);
});
