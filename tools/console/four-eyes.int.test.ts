import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logIn } from './log-in.ts';
import { openConsole, type OpenConsole } from './open-console.ts';
import { PASSWORD } from './open-stage.ts';

let at: OpenConsole;
let backup = '';
let alice: Page;
let bob: Page;
beforeAll(async () => {
  at = await openConsole('\n[server]\nfour-eyes = ["restore", "envelopes", "import"]\n');
  const { client, ended } = at.stage;
  const to = ['folder:vault', 'folder:safe'];
  const body = { secret: 'gitlab-secrets.json', to, password: PASSWORD };
  const job = await client.call('createBackup', { body });
  expect(await ended(job.id)).toBe('finished');
  backup = (await client.call('listBackups', { query: {} })).rows[0]?.id ?? '';
  alice = await logIn(at, 'alice', 'administrator');
  bob = await logIn(at, 'bob', 'administrator');
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

/** Alice asks for a restore; its page is at the address that is resolved to. */
async function askForRestore(): Promise<string> {
  await alice.goto(`${at.stage.server.url}/console/restore?backup=${backup}`);
  await alice.getByText('It waits until another administrator approves it.').waitFor();
  await alice.getByLabel('Target', { exact: true }).selectOption('app');
  await alice.getByLabel('I know that what is there now is replaced').check();
  await alice.getByLabel('Password of the backup').fill(PASSWORD);
  await alice.getByRole('button', { name: 'Restore' }).click();
  await alice.getByText('Another administrator has to approve it').waitFor();
  return alice.url();
}

test('whoever asks cannot approve it; another sees what was asked for, approves, and both see the end', async () => {
  const address = await askForRestore();
  expect(await alice.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  await bob.goto(`${at.stage.server.url}/console/`);
  await bob.getByRole('link', { name: 'Restore: gitlab-secrets.json' }).click();
  expect(bob.url()).toBe(address);
  await bob.getByText('alice asks for this').waitFor();
  await bob.getByText('target app').waitFor();
  await bob.getByRole('button', { name: 'Approve' }).click();
  for (const page of [alice, bob]) {
    await page.getByText('Restored.', { exact: true }).waitFor();
    await page.getByText('Approved by bob').waitFor();
  }
  const live = await readFile(join(at.stage.folder, 'live.json'), 'utf8');
  expect(await readFile(join(at.stage.folder, 'restored.json'), 'utf8')).toBe(live);
});

test('what another administrator rejects does not run', async () => {
  const restored = join(at.stage.folder, 'restored.json');
  await writeFile(restored, 'as it was');
  const address = await askForRestore();
  await bob.goto(address);
  await bob.getByRole('button', { name: 'Reject' }).click();
  await bob.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  await bob.getByText('Rejected by bob').waitFor();
  await alice.getByText('Rejected by bob').waitFor();
  expect(await readFile(restored, 'utf8')).toBe('as it was');
  await alice.getByRole('link', { name: 'Ask for it again' }).click();
  expect(await alice.getByLabel('Target', { exact: true }).inputValue()).toBe('app');
});

test('whoever asked can take it back before anybody approved it', async () => {
  await askForRestore();
  await alice.getByRole('button', { name: 'Cancel' }).click();
  await alice.getByRole('dialog').getByRole('button', { name: 'Cancel' }).last().click();
  await alice.getByText('cancelled').first().waitFor();
});

test('an operator sees that it waits, and no button to approve it; an auditor sees no button at all', async () => {
  const address = await askForRestore();
  const olga = await logIn(at, 'olga', 'operator');
  await olga.goto(address);
  await olga.getByText('waits for approval').first().waitFor();
  expect(await olga.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  const tom = await logIn(at, 'tom', 'auditor');
  await tom.goto(`${at.stage.server.url}/console/backups/${backup}`);
  await tom.getByRole('heading', { name: /Backup of/ }).waitFor();
  for (const name of [
    'Restore',
    'Drill',
    'Verify',
    'Change envelopes',
    'Back up a master secret',
  ]) {
    expect(await tom.getByRole('main').getByRole('link', { name, exact: true }).count()).toBe(0);
  }
  await tom.goto(`${at.stage.server.url}/console/restore?backup=${backup}`);
  await tom.getByLabel('Target', { exact: true }).selectOption('app');
  await tom.getByLabel('I know that what is there now is replaced').check();
  await tom.getByRole('button', { name: 'Restore' }).click();
  await tom.getByText('FORBIDDEN').waitFor();
});

test('an import waits too, and its value is nowhere before', async () => {
  await alice.goto(`${at.stage.server.url}/console/secrets`);
  await alice.getByRole('button', { name: 'Import a secret' }).click();
  const dialog = alice.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('taken-in');
  const file = { name: 'value', mimeType: 'application/octet-stream', buffer: Buffer.from('v') };
  await alice.locator('input[type=file]').setInputFiles(file);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await alice.getByText('Another administrator has to approve it').waitFor();
  await expect(access(join(at.stage.folder, 'state/secrets/taken-in'))).rejects.toThrow();
  await bob.goto(alice.url());
  await bob.getByRole('button', { name: 'Approve' }).click();
  await bob.getByText('The secret is in the store').waitFor();
  expect(at.open.complaints).toEqual([]);
});
