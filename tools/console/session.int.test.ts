import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './open-console.ts';

let at: OpenConsole;
beforeAll(async () => {
  at = await openConsole('\n[server]\nsession-idle = "60s"\n');
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

test(
  'whoever does nothing is warned and logged out, and nothing is left on the page; what it asks by itself does not count',
  { timeout: 120_000 },
  async () => {
    const page = await at.visit('/');
    await page.getByText('Not for sure.').waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    const warning = page.getByRole('dialog', { name: 'Are you still there?' });
    await warning.waitFor({ timeout: 45_000 });
    await warning.getByRole('button', { name: 'Stay logged in' }).click();
    await warning.waitFor({ state: 'detached' });
    await warning.waitFor({ timeout: 45_000 });
    await page.getByText('You were logged out').waitFor({ timeout: 45_000 });
    expect(await page.getByText('gitlab-secrets.json').count()).toBe(0);
    const asked = "fetch('/v1/me', { headers: { 'X-CSRF-Token': 'x' } }).then((it) => it.status)";
    expect(await page.evaluate(asked)).toBe(401);
  },
);

test('after a restart of the service the page says so, and one logs in again', async () => {
  const page = await at.visit('/jobs');
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await page.context().clearCookies();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('You were logged out').waitFor();
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
});

test('times are those of the zone where the viewer is', async () => {
  const { client } = at.stage;
  await client.call('createAccess', { body: { name: 'zone', role: 'auditor' } });
  const { rows } = await client.call('listAudit', { query: {} });
  const when = new Date(rows[0]?.time ?? '');
  const shown = (timeZone: string): string =>
    when.toLocaleTimeString('en-GB', { timeZone, timeStyle: 'medium' });
  expect(shown('Europe/Vienna')).not.toBe(shown('UTC'));
  const page = await at.visit('/audit');
  await page.getByText(shown('Europe/Vienna')).first().waitFor();
});

test('light or dark and the language are chosen in the menu, and stay', async () => {
  const page = await at.visit('/');
  const menu = page.getByRole('button', { name: /loopback/ });
  await menu.click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  const scheme = 'document.documentElement.dataset.mantineColorScheme';
  expect(await page.evaluate(scheme)).toBe('dark');
  await menu.click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'Bekämen wir es zurück?' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Bekämen wir es zurück?' }).waitFor();
  expect(await page.evaluate(scheme)).toBe('dark');
  expect(at.open.complaints).toEqual([]);
});
