import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openHome, PASSWORD, type Home } from './holdfast.ts';

/** Runs the built command on a terminal of its own and types each answer when its question stands there. */
async function answering(
  home: Home,
  command: string,
  ...dialog: [string, string][]
): Promise<void> {
  const typed = dialog.map(
    ([question, answer]) => `expect {${question} :}; send {${answer}}; send \\r`,
  );
  const end = 'expect eof; catch wait result; exit [lindex $result 3]';
  const script = [`set timeout 30; spawn -noecho ${command}`, ...typed, end].join('; ');
  await writeFile(home.path('dialog'), script);
  await home.sh('expect -f dialog');
}

test('a person is asked for a new password twice and for a hint, and later for the password once', async () => {
  await using home = await openHome();
  await writeFile(home.path('f'), 'the master secret');
  await answering(
    home,
    'holdfast backup f --to out.tar',
    ['New password', PASSWORD],
    ['The same again', PASSWORD],
    ['Hint, which anyone can read (Enter for none)', 'the usual'],
  );
  await answering(home, 'holdfast restore out.tar --to back', ['Password', PASSWORD]);
  expect(await readFile(home.path('back'), 'utf8')).toBe('the master secret');
});

test('the spellings of ssoconfig ask the questions of ssoconfig', async () => {
  await using home = await openHome();
  const answers: [string, string][] = [
    ['Password', PASSWORD],
    ['Confirm Password', PASSWORD],
    ['Password reminder', 'the usual'],
  ];
  await answering(home, 'holdfast -generatesecret first.bak', ...answers);
  const secret = await home.bytes('holdfast secret read sso');
  await answering(home, 'holdfast -BackupSecret second.bak', ...answers);
  await home.sh('rm -r .local/state/holdfast/secrets');
  await answering(home, 'holdfast /restoresecret second.bak', ['Password', PASSWORD]);
  expect(await home.bytes('holdfast secret read sso')).toEqual(secret);
});
