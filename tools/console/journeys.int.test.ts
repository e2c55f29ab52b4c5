import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextStep, typePassword } from './guide.ts';
import { openBrowser, type OpenBrowser } from './open-browser.ts';
import { openStage, PASSWORD, type Stage } from './open-stage.ts';

let stage: Stage;
let open: OpenBrowser;
beforeAll(async () => {
  stage = await openStage();
  open = await openBrowser();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const SECRET = 'gitlab-secrets.json';

async function visit(path: string): Promise<Page> {
  const page = await open.page();
  await page.goto(`${stage.server.url}/console${path}`);
  return page;
}

/** As the guide leads; resolves on the page of its job. */
async function backUp(page: Page): Promise<void> {
  await page.getByRole('radio', { name: SECRET }).check();
  await nextStep(page);
  await page.getByTestId('sentence').getByText('Opens with the password.').waitFor();
  await nextStep(page);
  await typePassword(page);
  await nextStep(page);
  await page.getByRole('checkbox', { name: 'vault' }).check();
  await page.getByRole('checkbox', { name: 'safe' }).check();
  await nextStep(page);
  await page.getByRole('button', { name: 'Back up now' }).click();
}

test('whoever comes first is led from a red page to a backup, its receipt and a better page', async () => {
  const page = await visit('/');
  await page.getByText('Not for sure.').waitFor();
  await page.getByRole('link', { name: 'Back up now' }).first().click();
  await backUp(page);
  await page.getByText('Receipt of a backup').waitFor();
  expect(page.url()).toMatch(/\/console\/jobs\/[0-9a-f-]{36}$/);
  expect(await page.getByText('Verified', { exact: false }).count()).toBeGreaterThan(0);
  await page.reload();
  await page.getByText('Receipt of a backup').waitFor();
  await page.getByRole('link', { name: 'System' }).click();
  await page.getByText('2 of 2 copies').waitFor();
});

test('a guide that lacks something says what, and goes no further', async () => {
  const page = await visit('/back-up');
  await nextStep(page);
  await page.getByText('Choose a secret.').waitFor();
  await page.getByRole('radio', { name: SECRET }).check();
  await nextStep(page);
  await nextStep(page);
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('abc');
  await page.getByText('Very weak.').waitFor();
  await page.getByLabel('Password, once more').fill('abd');
  await nextStep(page);
  expect(await page.getByText('The two passwords are not the same.').count()).toBeGreaterThan(0);
  await page.getByLabel('Hint').fill('it is abc');
  await page.getByText('Anyone who holds the medium can read the hint').waitFor();
});

test('a weak password is refused by the service, and the page of the job says what to do', async () => {
  const page = await visit(`/back-up?secret=${SECRET}`);
  await nextStep(page);
  await nextStep(page);
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('abc');
  await page.getByLabel('Password, once more').fill('abc');
  await nextStep(page);
  await page.getByRole('checkbox', { name: 'vault' }).check();
  await nextStep(page);
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('PASSWORD_WEAK').waitFor();
});

test('envelopes are put together by clicking, and said as a sentence and as an expression', async () => {
  const page = await visit(`/back-up?secret=${SECRET}`);
  for (const name of ['alice', 'bob', 'carol']) {
    await stage.client.call('addCustodian', { body: { name, factors: 'password' } });
  }
  await nextStep(page);
  await page.getByText('I put the envelopes together here').click();
  await page.getByRole('button', { name: 'Add an envelope' }).click();
  await page.getByText('several custodians').last().click();
  for (const name of ['alice', 'bob', 'carol']) await page.getByLabel(name).check();
  await page.getByText('Opens with the password, or with any 2 of alice, bob, carol.').waitFor();
  await page.getByText('quorum(2, alice, bob, carol)').waitFor();
});

test('a backup is verified, drilled and restored, and a wrong password is told', async () => {
  const { rows } = await stage.client.call('listBackups', { query: {} });
  const id = rows[0]?.id ?? '';
  const page = await visit(`/backups/${id}`);
  await page.getByRole('link', { name: 'Verify', exact: true }).first().click();
  await page.getByRole('radio', { name: /everything/ }).check();
  await page.getByLabel('Password of the backup').fill('wrong');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('WRONG_PASSWORD').waitFor();

  await page.goto(`${stage.server.url}/console/drill?backup=${id}`);
  await page.getByLabel('Password of the backup').fill(PASSWORD);
  await page.getByRole('button', { name: 'Begin the drill' }).click();
  await page.getByText('The drill went well.').waitFor();
  await page.getByRole('link', { name: 'Drills' }).click();
  await page.getByRole('region', { name: 'Drills' }).getByRole('link', { name: SECRET }).click();
  await page.getByText('What it showed').waitFor();

  await page.goto(`${stage.server.url}/console/restore?backup=${id}`);
  await page.getByLabel('Target', { exact: true }).selectOption('app');
  await page.getByLabel('I know that what is there now is replaced').check();
  await page.getByLabel('Password of the backup').fill(PASSWORD);
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Restored.', { exact: true }).waitFor();
  const live = await readFile(join(stage.folder, 'live.json'), 'utf8');
  expect(await readFile(join(stage.folder, 'restored.json'), 'utf8')).toBe(live);
});

test('an access token is shown once, and logs in; what is secret is in no storage and no address', async () => {
  const page = await visit('/settings');
  await page.getByRole('button', { name: 'Make an access token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('ward');
  await dialog.getByRole('button', { name: 'Make an access token' }).click();
  const token = await dialog.getByText(/^hf_/).innerText();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: /loopback/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByLabel('Access token').fill('hf_nonsense');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('UNAUTHENTICATED').waitFor();
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: /ward/ }).waitFor();
  const stored = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
  );
  expect(stored).not.toContain(token);
  expect(stored).not.toContain('holdfast=');
  expect(page.url()).not.toContain('hf_');
});

test(
  'while the service is away the page says so, and goes on when it is back',
  { timeout: 90_000 },
  async () => {
    const page = await visit('/jobs');
    await page.getByRole('region', { name: 'Jobs' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('The service cannot be reached').first().waitFor({ timeout: 40_000 });
    await page.context().setOffline(false);
    await page.getByText('The service cannot be reached').first().waitFor({ state: 'detached' });
  },
);

test('somebody who speaks German is spoken to in German', async () => {
  const page = await open.page({ locale: 'de-AT' });
  await page.goto(`${stage.server.url}/console/`);
  await page.getByRole('heading', { name: 'Bekämen wir es zurück?' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('de');
});

test('nothing in all of this broke the policy of the page, or was thrown', () => {
  expect(open.complaints.filter((it) => !it.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});
