import { openSoftHsm, type SoftHsm } from '@holdfast/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextStep, typePassword } from './guide.ts';
import { openConsole, type OpenConsole } from './open-console.ts';

const PIN = '271828';

let hsm: SoftHsm;
let at: OpenConsole;
beforeAll(async () => {
  hsm = await openSoftHsm();
  const token = await hsm.addToken('backup', PIN);
  await hsm.addKey(token, { label: 'kek', id: '01', kind: 'p256' });
  await hsm.addKey(token, { label: 'hidden', id: '02', kind: 'aes' });
  // The service inherits it, and its module processes do from it.
  process.env['SOFTHSM2_CONF'] = hsm.environment.SOFTHSM2_CONF;
  at = await openConsole(`\n[[modules]]\npath = "${hsm.module}"\n`);
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  delete process.env['SOFTHSM2_CONF'];
  await hsm[Symbol.asyncDispose]();
});

async function enrol(key: string, name: string, pin: string) {
  const page = await at.visit('/tokens');
  await page.getByRole('button', { name: 'Enrol a key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Label of the key').fill(key);
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('PIN', { exact: true }).fill(pin);
  await dialog.getByRole('button', { name: 'Enrol' }).click();
  return page;
}

test('a wrong PIN and a key that is not there are told, with what to do', async () => {
  const wrong = await enrol('kek', 'backup-hsm', '000000');
  await wrong.getByText('PIN_INCORRECT').waitFor();
  const absent = await enrol('no-such-key', 'backup-hsm', PIN);
  await absent.getByText('KEY_NOT_FOUND').waitFor();
});

test('a key is enrolled with its PIN, which is kept for a while, and tested', async () => {
  const page = await enrol('kek', 'backup-hsm', PIN);
  await page.getByText('finished').first().waitFor();
  await page.getByRole('link', { name: 'Tokens' }).click();
  const row = page.getByRole('row', { name: /backup-hsm/ });
  await row.getByText(/forgotten in/).waitFor();
  await row.getByRole('button', { name: 'Test' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Test' }).click();
  await page.getByText('finished').first().waitFor();
});

test('a backup is sealed to a token, and opened with it by the PIN that is typed', async () => {
  const page = await at.visit('/back-up?secret=gitlab-secrets.json');
  await nextStep(page);
  await page.getByText('I put the envelopes together here').click();
  await page.getByRole('button', { name: 'Add an envelope' }).click();
  const added = page.getByRole('group', { name: 'Envelope 2' });
  await added.getByLabel('Token').selectOption('backup-hsm');
  await page.getByText('Opens with the password, or with the token backup-hsm.').waitFor();
  await page.getByText('password | token(backup-hsm)').waitFor();
  await nextStep(page);
  await typePassword(page);
  await nextStep(page);
  await page.getByRole('checkbox', { name: 'vault' }).check();
  await page.getByRole('checkbox', { name: 'safe' }).check();
  await nextStep(page);
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('Receipt of a backup').waitFor();

  await page.goto(`${at.stage.server.url}/console/tokens`);
  await page.getByRole('button', { name: 'Have the PIN forgotten' }).click();
  await page.getByRole('button', { name: 'Hand over the PIN' }).waitFor();

  const { rows } = await at.stage.client.call('listBackups', { query: {} });
  await page.goto(`${at.stage.server.url}/console/verify?backup=${rows[0]?.id ?? ''}`);
  await page.getByRole('radio', { name: /everything/ }).check();
  await page.getByRole('radio', { name: /^2: / }).check();
  await page.getByLabel('Token', { exact: true }).selectOption('backup-hsm');
  await page.getByLabel('PIN', { exact: true }).fill(PIN);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The copy is whole.').waitFor();
});

test('a key that has no public half needs its PIN for sealing, and the guide asks for it', async () => {
  const enrolled = await enrol('hidden', 'safe-hsm', PIN);
  await enrolled.getByText('finished').first().waitFor();
  await enrolled.getByRole('link', { name: 'Tokens' }).click();
  const row = enrolled.getByRole('row', { name: /safe-hsm/ });
  await row.getByRole('button', { name: 'Have the PIN forgotten' }).click();
  await row.getByRole('button', { name: 'Hand over the PIN' }).waitFor();

  const page = await at.visit('/back-up?secret=gitlab-secrets.json');
  await nextStep(page);
  await page.getByText('I put the envelopes together here').click();
  const first = page.getByRole('group', { name: 'Envelope 1' });
  await first.getByLabel('Token').selectOption('safe-hsm');
  await page.getByText('Opens with the password and the token safe-hsm.').waitFor();
  await nextStep(page);
  await typePassword(page);
  await nextStep(page);
  await page.getByText('Type the PIN of each token.').waitFor();
  await page.getByLabel('PIN of safe-hsm').fill(PIN);
  await nextStep(page);
  await page.getByRole('checkbox', { name: 'vault' }).check();
  await nextStep(page);
  await page.getByLabel('Make it even if one single loss would end it').check();
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('Receipt of a backup').waitFor();
});

test('a key is forgotten after a question', async () => {
  const page = await at.visit('/tokens');
  const row = page.getByRole('row', { name: /safe-hsm/ });
  await row.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await row.waitFor({ state: 'detached' });
});

test('no PIN is in an address, in storage or in what the service logged', async () => {
  const page = await at.visit('/tokens');
  const stored = await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage])');
  const { logged } = at.stage.server;
  for (const text of [stored, ...logged]) expect(text).not.toContain(PIN);
  expect(at.open.complaints).toEqual([]);
});
