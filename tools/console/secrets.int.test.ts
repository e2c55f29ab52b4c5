import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHome, type Home } from '../end-to-end/holdfast.ts';
import { nextStep, typePassword } from './guide.ts';
import { openConsole, type OpenConsole } from './open-console.ts';
import { PASSWORD } from './open-stage.ts';

const NEW_PASSWORD = 'seven otters 41 guard a lighthouse';

let at: OpenConsole;
let home: Home;
beforeAll(async () => {
  at = await openConsole();
  home = await openHome();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

async function newestOf(secret: string): Promise<string> {
  const { rows } = await at.stage.client.call('listBackups', { query: { secret } });
  return rows[0]?.id ?? '';
}

/** From the second step of the guide to the receipt. */
async function sealWithPassword(page: Page): Promise<void> {
  await nextStep(page);
  await nextStep(page);
  await typePassword(page);
  await nextStep(page);
  await page.getByRole('checkbox', { name: 'vault' }).check();
  await nextStep(page);
  await page.getByLabel('Make it even if one single loss would end it').check();
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('Receipt of a backup').waitFor();
}

test('a secret is generated and backed up in one act, and rotated in another', async () => {
  const page = await at.visit('/back-up');
  expect(await page.getByRole('radio', { name: /^Rotate/ }).isDisabled()).toBe(true);
  await page.getByRole('radio', { name: /^Generate/ }).check();
  await page.getByLabel('Name of the new secret').fill('made-here');
  await sealWithPassword(page);
  await page.goto(`${at.stage.server.url}/console/back-up`);
  await page.getByRole('radio', { name: /^Rotate/ }).check();
  await page.getByRole('radio', { name: /^made-here/ }).check();
  await sealWithPassword(page);
  await page.goto(`${at.stage.server.url}/console/secrets/made-here`);
  await page.getByText('the same as the backup').waitFor();
  const { versions } = await at.stage.client.call('showSecret', { params: { name: 'made-here' } });
  expect(versions).toHaveLength(2);
});

test('a name that is taken, and one that none may have, are told before anything else is asked', async () => {
  const page = await at.visit('/back-up');
  await page.getByRole('radio', { name: /^Generate/ }).check();
  await page.getByLabel('Name of the new secret').fill('../etc');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText(/make a name/).waitFor();
  await page.getByLabel('Name of the new secret').fill('made-here');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('The store has a secret of that name').waitFor();
});

test('a file is imported, and what was imported can be backed up', async () => {
  const page = await at.visit('/secrets');
  await page.getByRole('button', { name: 'Import a secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('from-a-file');
  const buffer = Buffer.from('what was in the file');
  const file = { name: 'value', mimeType: 'application/octet-stream', buffer };
  await page.locator('input[type=file]').setInputFiles(file);
  await dialog.getByRole('button', { name: 'Import' }).click();
  await page.getByText('The secret is in the store').waitFor();
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('link', { name: 'from-a-file' }).click();
  await page.getByRole('link', { name: 'Back up now' }).first().click();
  await sealWithPassword(page);
});

test('a secret is handed out encrypted for one recipient, and stock age opens it', async () => {
  const recipient = (await home.sh('age-keygen -o key 2>/dev/null; age-keygen -y key')).trim();
  const page = await at.visit(`/restore?backup=${await newestOf('from-a-file')}`);
  await page.getByRole('radio', { name: /^to me/ }).check();
  await page.getByLabel('Your age recipient').fill('age1nonsense');
  await page.getByLabel('Password of the backup').fill(PASSWORD);
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('alert').getByText('REQUEST_INVALID').waitFor();
  await page.getByLabel('Your age recipient').fill(recipient);
  await page.getByRole('button', { name: 'Restore' }).click();
  const link = page.getByRole('link', { name: 'Download the file' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  await download.saveAs(home.path('secret.age'));
  expect(await home.sh('age -d -i key secret.age')).toBe('what was in the file');
});

test('the password of a backup is changed, and the former one opens it no more', async () => {
  const backup = await newestOf('from-a-file');
  const page = await at.visit(`/envelopes?backup=${backup}`);
  await page.getByRole('radio', { name: 'change the password' }).check();
  const act = page.getByRole('button', { name: 'Change', exact: true });
  expect(await act.isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'New password' }).fill(NEW_PASSWORD);
  await page.getByLabel('Password, once more').fill(NEW_PASSWORD);
  await page.getByLabel('Password of the backup').fill(PASSWORD);
  await page.getByLabel('Make it even if one single loss would end it').check();
  await act.click();
  await page.getByText('The envelopes were changed.').waitFor();
  const verify = async (password: string) => {
    await page.goto(`${at.stage.server.url}/console/verify?backup=${backup}`);
    await page.getByRole('radio', { name: /everything/ }).check();
    await page.getByLabel('Password of the backup').fill(password);
    await page.getByRole('button', { name: 'Verify' }).click();
  };
  await verify(PASSWORD);
  await page.getByText('WRONG_PASSWORD').waitFor();
  await verify(NEW_PASSWORD);
  await page.getByText('The copy is whole.').waitFor();
});

test('an envelope is added for a recipient and removed again', async () => {
  const recipient = (await home.sh('age-keygen -y key')).trim();
  const backup = await newestOf('from-a-file');
  const page = await at.visit(`/envelopes?backup=${backup}`);
  const first = page.getByRole('group', { name: 'Envelope 1' });
  await first.getByRole('checkbox', { name: 'password' }).uncheck();
  await first.getByLabel('age recipient').fill(recipient);
  await page.getByLabel('Password of the backup').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByText('The envelopes were changed.').waitFor();
  await page.getByRole('link', { name: 'See the backup' }).click();
  await page.getByRole('cell', { name: new RegExp(recipient.slice(0, 12)) }).waitFor();

  await page.goto(`${at.stage.server.url}/console/envelopes?backup=${backup}`);
  await page.getByRole('radio', { name: 'remove envelopes' }).check();
  await page.getByRole('checkbox', { name: /^2: / }).check();
  await page.getByRole('radio', { name: /^1: / }).check();
  await page.getByLabel('Password of the backup').fill(NEW_PASSWORD);
  await page.getByLabel('Make it even if one single loss would end it').check();
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByText('The envelopes were changed.').waitFor();
  expect(
    (await at.stage.client.call('showBackup', { params: { id: backup } })).backup,
  ).toMatchObject({ generation: 4, envelopes: [{ index: 1 }] });
});

test('a live secret that changed is noticed when it is compared', async () => {
  await at.stage.ended(
    (
      await at.stage.client.call('createBackup', {
        body: { secret: 'gitlab-secrets.json', to: ['folder:vault'], password: PASSWORD },
      })
    ).id,
  );
  const live = join(at.stage.folder, 'live.json');
  await writeFile(live, `${await readFile(live, 'utf8')} `);
  const page = await at.visit('/secrets/gitlab-secrets.json');
  await page.getByRole('button', { name: 'Compare with the backup' }).click();
  await page.getByText('The live secret was read, and compared.').waitFor();
  await page.getByRole('link', { name: 'gitlab-secrets.json' }).first().click();
  await page.getByText('changed since the backup').waitFor();
  expect(at.open.complaints).toEqual([]);
});
