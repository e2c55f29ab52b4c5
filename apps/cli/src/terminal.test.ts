import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';
import { openTypist, type Typist } from './testing/terminal.ts';

const PASSWORD = 'correct horse battery staple';
const FILES = [
  ['s.json', '{"a":1}\n'],
  ['pw', `${PASSWORD}\n`],
] as const;

async function answer(typist: Typist, question: string, text: string): Promise<void> {
  await typist.sees(question);
  typist.types(text);
  typist.presses('Enter');
}

async function leftovers({ folder }: Sandbox): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !['.bin', 'home', 'pw', 's.json'].includes(name));
}

test('a new password is asked until it is strong, typed twice alike, and has a hint that may be read', async () => {
  await using sandbox = await openSandbox(FILES);
  using typist = openTypist('holdfast backup ./s.json --to out.tar > report.txt', sandbox);
  await answer(typist, 'New password :', '');
  await typist.sees('An empty password protects nothing.');
  await answer(typist, 'New password :', 'password1');
  await typist.sees('Too easy to guess');
  await answer(typist, 'New password :', PASSWORD);
  await typist.sees('Good:');
  await answer(typist, 'The same again :', `${PASSWORD}x`);
  await typist.sees('These two differ.');
  await answer(typist, 'New password :', PASSWORD);
  await answer(typist, 'The same again :', PASSWORD);
  await answer(typist, 'Hint, which anyone can read (Enter for none) :', PASSWORD);
  await typist.sees('Choose another:');
  await answer(typist, 'Hint, which anyone can read (Enter for none) :', 'the comic');
  expect(await typist.ended()).toBe(0);
  expect(typist.screen.split('Hint')[0]).not.toContain('correct');
  const report = await readFile(join(sandbox.folder, 'report.txt'), 'utf8');
  expect(report).toContain('backed up s.json');
  expect(report).not.toContain('password :');

  // On the way back, the hint comes first, and three wrong passwords are the end.
  using restoring = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await restoring.sees('Hint : the comic');
  await answer(restoring, 'Password :', 'wrong');
  await restoring.sees('Wrong password.');
  await answer(restoring, 'Password :', PASSWORD);
  expect(await restoring.ended()).toBe(0);
  expect(await readFile(join(sandbox.folder, 'r.json'), 'utf8')).toBe('{"a":1}\n');

  using failing = openTypist('holdfast verify out.tar --full', sandbox);
  await answer(failing, 'Password :', 'wrong');
  for (let attempt = 2; attempt <= 3; attempt += 1) {
    await failing.sees('Wrong password.');
    await answer(failing, 'Password :', 'wrong');
  }
  await failing.sees('error: wrong password');
  expect(await failing.ended()).toBe(4);
}, 300_000);

test('Ctrl-C at a question leaves no file and says so', async () => {
  await using sandbox = await openSandbox(FILES);
  using typist = openTypist('holdfast backup ./s.json --to out.tar', sandbox);
  await typist.sees('New password :');
  typist.presses('Ctrl-C');
  await typist.sees('error: cancelled: no file was written');
  expect(await typist.ended()).toBe(130);
  expect(await leftovers(sandbox)).toEqual([]);
}, 200_000);

test('Ctrl-C in the middle of the work leaves no file and says so', async () => {
  await using sandbox = await openSandbox(FILES);
  const command =
    "holdfast backup --exec 'echo begun >&2; sleep 60' --to out.tar --password-file pw";
  using typist = openTypist(command, sandbox);
  await typist.sees('begun');
  typist.presses('Ctrl-C');
  await typist.sees('error: cancelled: no file was written');
  expect(await typist.ended()).toBe(130);
  expect(await leftovers(sandbox)).toEqual([]);
}, 200_000);

test('SIGTERM while nothing comes on standard input ends it at once, with no file', async () => {
  await using sandbox = await openSandbox(FILES);
  const command = `mkfifo slow; sleep 20 > slow & holdfast backup - --to out.tar --password-file pw < slow &
    child=$!; sleep 2; kill -TERM $child; wait $child; echo "exit $?"; kill %1; rm slow`;
  using typist = openTypist(command, sandbox);
  await typist.sees('error: cancelled: no file was written');
  await typist.sees('exit 143');
  expect(await typist.ended()).toBe(0);
  expect(await leftovers(sandbox)).toEqual([]);
}, 200_000);

test('when the secret comes on standard input, the controlling terminal is asked', async () => {
  await using sandbox = await openSandbox(FILES);
  using typist = openTypist('cat s.json | holdfast backup - --to out.tar', sandbox);
  await answer(typist, 'New password :', PASSWORD);
  await answer(typist, 'The same again :', PASSWORD);
  await answer(typist, 'Hint', '');
  await typist.sees('backed up stdin');
  expect(await typist.ended()).toBe(0);
}, 200_000);

test('a terminal is shown a secret that is text, and no other', async () => {
  await using sandbox = await openSandbox([...FILES, ['b', '\u0007\u001b[2J']]);
  using first = openTypist('holdfast backup ./s.json -o s.tar --password-file pw', sandbox);
  expect(await first.ended()).toBe(0);
  using second = openTypist('holdfast backup ./b -o b.tar --password-file pw', sandbox);
  expect(await second.ended()).toBe(0);
  using text = openTypist('holdfast restore s.tar --to - --password-file pw', sandbox);
  await text.sees('{"a":1}');
  expect(await text.ended()).toBe(0);
  using binary = openTypist('holdfast restore b.tar --to - --password-file pw', sandbox);
  await binary.sees('error: the secret is not shown on the terminal');
  expect(await binary.ended()).toBe(7);
}, 200_000);

test('the ancestor\u2019s spellings ask what ssoconfig asked, and show the reminder before the password', async () => {
  await using sandbox = await openSandbox(FILES);
  using generating = openTypist('holdfast -generateSecret sso.bak', sandbox);
  await answer(generating, 'Password :', PASSWORD);
  await answer(generating, 'Confirm Password :', PASSWORD);
  await answer(generating, 'Password reminder :', 'the comic');
  await generating.sees('made version 1 of sso');
  expect(await generating.ended()).toBe(0);
  using restoring = openTypist('holdfast -restoreSecret sso.bak', sandbox);
  await restoring.sees('Password reminder : the comic');
  await answer(restoring, 'Password :', PASSWORD);
  await restoring.sees('restored sso to the secret sso in the store');
  expect(await restoring.ended()).toBe(0);
}, 300_000);

test('to change a password, the old one is asked before the new one', async () => {
  await using sandbox = await openSandbox(FILES);
  const command =
    'holdfast backup ./s.json -o out.tar --password-file pw --hint "the comic" --quiet';
  using making = openTypist(command, sandbox);
  expect(await making.ended()).toBe(0);
  using changing = openTypist('holdfast envelopes change-password out.tar', sandbox);
  await changing.sees('Hint : the comic');
  await answer(changing, 'Password :', PASSWORD);
  await answer(changing, 'New password :', `${PASSWORD} again`);
  await answer(changing, 'The same again :', `${PASSWORD} again`);
  await answer(changing, 'Hint', '');
  await changing.sees('changed the envelopes');
  expect(await changing.ended()).toBe(0);
}, 300_000);
