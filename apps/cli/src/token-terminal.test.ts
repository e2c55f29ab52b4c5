import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSandbox, type Sandbox } from './testing/sandbox.ts';
import { openTypist, type Typist } from './testing/terminal.ts';

const PIN = '482915';
const PASSWORD = 'correct horse battery staple';
const KEK = "'pkcs11:token=lab;object=kek'";

const FILES = [
  ['s.json', '{"a":1}\n'],
  ['pin', `${PIN}\n`],
  ['pw', `${PASSWORD}\n`],
] as const;

async function answer(typist: Typist, question: string, text: string): Promise<void> {
  await typist.sees(question);
  typist.types(text);
  typist.presses('Enter');
}

async function runs(command: string, sandbox: Sandbox): Promise<void> {
  using typist = openTypist(command, sandbox);
  expect(await typist.ended(), typist.screen).toBe(0);
}

/** A token `lab` with a key `kek`, and its module in the configuration. */
async function addLab(sandbox: Sandbox, type: 'p256' | 'aes' = 'p256'): Promise<void> {
  await runs(
    [
      `softhsm2-util --init-token --free --label lab --pin ${PIN} --so-pin 87654321`,
      `holdfast token generate-key ${KEK} --type ${type} --pin-file pin --module $SOFTHSM`,
      "mkdir -p home/.config/holdfast && echo '[[modules]]' > home/.config/holdfast/config.toml",
      'echo "path = \\"$SOFTHSM\\"" >> home/.config/holdfast/config.toml',
    ].join(' && '),
    sandbox,
  );
}

const ALONE = `holdfast backup ./s.json --to out.tar -e "token(${KEK.slice(1, -1)})" --allow-single-point-of-failure`;

test('a PIN is asked for by the name of its token, is not shown, and is not asked for again when it was wrong', async () => {
  await using sandbox = await openSandbox(FILES);
  await addLab(sandbox);
  await runs(`${ALONE} --quiet`, sandbox);

  using wrong = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await answer(wrong, 'PIN of token lab (serial', '000000');
  await wrong.sees('error:');
  await wrong.sees('hint: Make sure which token is inserted');
  expect(await wrong.ended()).toBe(12);
  expect(await readdir(sandbox.folder)).not.toContain('r.json');

  using right = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await right.sees('A wrong PIN was given before.');
  await answer(right, 'PIN of token lab (serial', PIN);
  await right.sees('restored s.json');
  expect(await right.ended()).toBe(0);
  expect(right.screen + wrong.screen).not.toMatch(new RegExp(`${PIN}|000000`));
  expect(await readFile(join(sandbox.folder, 'r.json'), 'utf8')).toBe('{"a":1}\n');
}, 300_000);

test('after a wrong PIN the password of another envelope is asked for, and the person is told why', async () => {
  await using sandbox = await openSandbox(FILES);
  await addLab(sandbox);
  await runs(
    `holdfast backup ./s.json --to out.tar -e 'token('${KEK}')' -e password --password-file pw`,
    sandbox,
  );
  using typist = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await answer(typist, 'PIN of token lab', '000000');
  await typist.sees('The PIN is not that of the token "lab"');
  await answer(typist, 'Password :', PASSWORD);
  await typist.sees('restored s.json');
  expect(await typist.ended()).toBe(0);
}, 300_000);

test('Ctrl-C at the question for a PIN spends no try', async () => {
  await using sandbox = await openSandbox(FILES);
  await addLab(sandbox);
  await runs(`${ALONE} --quiet`, sandbox);
  using typist = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await typist.sees('PIN of token lab');
  typist.types('0000');
  typist.presses('Ctrl-C');
  await typist.sees('error: cancelled');
  expect(await typist.ended()).toBe(130);
  // After a wrong one, a stored PIN would be refused.
  await runs('holdfast restore out.tar --to r.json --pin-file pin', sandbox);
}, 300_000);

test('the PIN is asked for before the password: when sealing, and when opening', async () => {
  await using sandbox = await openSandbox(FILES);
  await addLab(sandbox, 'aes');
  const both = `holdfast backup ./s.json --to out.tar -e 'password + token('${KEK}')' -e password`;
  using sealing = openTypist(both, sandbox);
  await answer(sealing, 'PIN of token lab', PIN);
  for (let envelope = 1; envelope <= 2; envelope += 1) {
    await answer(sealing, 'New password :', PASSWORD);
    await answer(sealing, 'The same again :', PASSWORD);
  }
  await answer(sealing, 'Hint', '');
  await sealing.sees('backed up s.json');
  expect(await sealing.ended()).toBe(0);

  await runs('holdfast envelopes remove out.tar 2 --allow-single-point-of-failure', sandbox);
  using opening = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await answer(opening, 'PIN of token lab', PIN);
  await answer(opening, 'Password :', PASSWORD);
  await opening.sees('restored s.json');
  expect(await opening.ended()).toBe(0);
}, 300_000);

test('without its token a restore says which one it takes, and waits until somebody cancels', async () => {
  await using sandbox = await openSandbox(FILES);
  await addLab(sandbox);
  await runs(`${ALONE} --quiet`, sandbox);
  const home = join(sandbox.folder, 'home');
  await rename(join(home, 'tokens'), join(home, 'away'));
  await runs('mkdir home/tokens', sandbox);
  using typist = openTypist('holdfast restore out.tar --to r.json', sandbox);
  await typist.sees('Insert the token lab (serial ');
  await typist.sees('), or press Ctrl-C.');
  typist.presses('Ctrl-C');
  await typist.sees('error: cancelled: no file was written');
  expect(await typist.ended()).toBe(130);
  expect(typist.screen.split('Insert the token')).toHaveLength(2);

  using impatient = openTypist('holdfast restore out.tar --to r.json --wait 0', sandbox);
  await impatient.sees('error:');
  expect(await impatient.ended()).toBe(11);
  expect(await readdir(sandbox.folder)).not.toContain('r.json');
}, 300_000);

test('stock age opens with the identity that is printed, and asks for the PIN itself', async () => {
  await using sandbox = await openSandbox(FILES);
  await addLab(sandbox);
  await runs(
    `holdfast token recipient ${KEK} > to.txt && age -R to.txt -o file.age s.json`,
    sandbox,
  );
  using typist = openTypist(
    `holdfast token identity ${KEK} > id.txt; age -d -i id.txt file.age > got.json`,
    sandbox,
  );
  await answer(typist, 'PIN', PIN);
  expect(await typist.ended()).toBe(0);
  expect(await readFile(join(sandbox.folder, 'got.json'), 'utf8')).toBe('{"a":1}\n');
}, 300_000);
