import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHome, type Home } from '../end-to-end/holdfast.ts';
import { nextStep, typePassword } from './guide.ts';
import { openConsole, type OpenConsole } from './open-console.ts';

const PASSWORDS: Readonly<Record<string, string>> = {
  alice: 'alice has her own long password 1',
  bob: 'bob has his own long password 22',
  carol: 'carol has her own long password 3',
};

let at: OpenConsole;
let home: Home;
beforeAll(async () => {
  at = await openConsole('\n[targets.sso]\nfile = "$DIR/sso-restored.key"\n');
  home = await openHome();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

test('custodians are added, and one that is there already is refused', async () => {
  const page = await at.visit('/custodians');
  const add = async (name: string, more: Readonly<Record<string, string>> = {}) => {
    await page.getByRole('button', { name: 'Add a custodian' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    for (const [label, text] of Object.entries(more)) await dialog.getByLabel(label).fill(text);
    await dialog.getByRole('button', { name: 'Save' }).click();
    return dialog;
  };
  for (const name of ['alice', 'bob', 'carol']) {
    const dialog = await add(name, { 'How to reach them': `${name}@example.org` });
    await dialog.waitFor({ state: 'detached' });
  }
  await page.getByRole('cell', { name: 'carol@example.org' }).waitFor();
  const again = await add('alice');
  await again.getByText('CUSTODIAN_EXISTS').waitFor();
  await again.getByRole('button', { name: 'Cancel' }).click();
});

test('a backup under a policy asks each custodian for their password', async () => {
  const page = await at.visit('/back-up?secret=sso-master');
  await nextStep(page);
  await page.getByText('Opens with the password, or with any 2 of alice, bob, carol.').waitFor();
  await nextStep(page);
  await typePassword(page);
  await nextStep(page);
  await page.getByText('Each custodian types their password.').waitFor();
  for (const [name, password] of Object.entries(PASSWORDS)) {
    await page.getByLabel(`Password of ${name}`).fill(password);
  }
  await nextStep(page);
  await page.getByRole('checkbox', { name: 'vault' }).check();
  await nextStep(page);
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('Receipt of a backup').waitFor();
});

test('two of three send their shares by the command that is shown, and the secret comes back', async () => {
  const { rows } = await at.stage.client.call('listBackups', { query: {} });
  const page = await at.visit(`/restore?backup=${rows[0]?.id ?? ''}`);
  await page.getByLabel('Target', { exact: true }).selectOption('sso');
  await page.getByRole('radio', { name: /^2: / }).check();
  const begin = page.getByRole('button', { name: 'Begin a session' });
  expect(await begin.isDisabled()).toBe(true);
  await page.getByLabel('I know that what is there now is replaced').check();
  await begin.click();
  const told = async (name: string) =>
    await page.getByRole('group', { name }).locator('pre').innerText();
  const invitation = await told('Invitation: it is shown once');
  const shown = await told('command for custodians');
  await page.getByRole('link', { name: 'Watch shares come in' }).click();
  await page.getByText('Envelope 2: 0 of 2 shares').waitFor();

  const [file = ''] = await readdir(join(at.stage.folder, 'vault'));
  await writeFile(home.path('invitation'), invitation, { mode: 0o600 });
  const contribute = async (name: string) => {
    await writeFile(home.path('own'), `${PASSWORDS[name] ?? ''}\n`, { mode: 0o600 });
    const command = shown
      .replace('NAME', name)
      .replace('FILE', 'invitation')
      .replace('BACKUP', join(at.stage.folder, 'vault', file));
    await home.sh(`${command} --password-file own --yes`);
  };
  await contribute('alice');
  await page.getByText('alice: sent').waitFor();
  expect(await page.getByRole('link', { name: 'Restore now' }).count()).toBe(0);
  await contribute('carol');
  await page.getByText('Envelope 2: 2 of 2 shares').waitFor();
  await page.getByRole('link', { name: 'Restore now' }).click();
  await page.getByText('Opened by a quorum').waitFor();
  await page.getByLabel('I know that what is there now is replaced').check();
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Restored.', { exact: true }).waitFor();
  const restored = await readFile(join(at.stage.folder, 'sso-restored.key'), 'utf8');
  expect(restored).toBe('the master secret of the single sign-on');
  await page.getByRole('link', { name: 'Quorum sessions' }).click();
  await page.getByRole('cell', { name: 'used' }).waitFor();
});

test('a session is ended before its time, and its shares are gone', async () => {
  const { rows } = await at.stage.client.call('listBackups', { query: {} });
  const body = { backup: rows[0]?.id ?? '', to: { target: 'sso' } };
  const { session } = await at.stage.client.call('beginQuorum', { body });
  const page = await at.visit(`/quorums/${session.id}`);
  await page.getByRole('button', { name: 'End the session' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();
  await page.getByText('ended', { exact: true }).waitFor();
  await page.goto(`${at.stage.server.url}/console/quorums/${crypto.randomUUID()}`);
  await page.getByText('SESSION_NOT_FOUND').waitFor();
});

test('a custodian on whom a backup still counts is removed only when that is said', async () => {
  const page = await at.visit('/custodians');
  const row = page.getByRole('row', { name: /bob/ });
  await row.getByRole('button', { name: 'Change' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('How to reach them').fill('in the next room');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row.getByText('in the next room').waitFor();
  await row.getByRole('button', { name: 'Remove' }).click();
  const question = page.getByRole('dialog');
  await question.getByRole('button', { name: 'Remove' }).click();
  await question.getByText('CUSTODIAN_IN_USE').waitFor();
  await question.getByLabel(/still counts on them/).check();
  await question.getByRole('button', { name: 'Remove' }).click();
  await row.waitFor({ state: 'detached' });
  expect(at.open.complaints).toEqual([]);
});
