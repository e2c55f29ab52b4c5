import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openCatalog } from '@holdfast/catalog';
import { sampleBackup, sampleEvent } from '@holdfast/catalog/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './open-console.ts';

const MANY = 100_000;
const AT_ONCE = 5000;
const IDS = Array.from({ length: MANY }, () => randomUUID());

let at: OpenConsole;
beforeAll(async () => {
  at = await openConsole();
  const path = join(at.stage.folder, 'state/catalog.db');
  await using catalog = await openCatalog({ kind: 'sqlite', path }, { create: true });
  for (let begin = 0; begin < MANY; begin += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, index) => {
      const number = begin + index;
      const event = sampleBackup(IDS[number] ?? '', {}, `secret-${String(number % 10)}`);
      return sampleEvent(event, number * 60);
    });
    await catalog.record(some);
  }
}, 180_000);
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

/** Scrolls on until all of it was seen; resolves to the most rows that were there at once. */
const SCROLL = `(async () => {
  const table = document.querySelector('.table-scroll');
  let most = 0;
  while (!document.body.innerText.includes('100,000 rows')) {
    table.scrollTop = table.scrollHeight;
    most = Math.max(most, table.querySelectorAll('.row').length);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return most;
})()`;

test(
  'a list of 100,000 backups scrolls to its end and back, and only what is seen is there',
  { timeout: 300_000 },
  async () => {
    const page = await at.visit('/backups');
    await page.getByRole('link', { name: 'secret-9' }).first().waitFor();
    const most = await page.evaluate<number>(SCROLL);
    expect(most).toBeLessThan(100);
    const table = page.getByRole('region', { name: 'Backups' });
    const rowHeight = 48;
    for (const row of [MANY + 1, 2, MANY / 2]) {
      await table.evaluate((element: { scrollTop: number }, top) => {
        element.scrollTop = top;
      }, row * rowHeight);
      await table.locator(`[aria-rowindex="${String(row)}"]`).waitFor();
    }
  },
);

test(
  'a list is searched to its end, by words that are in its address',
  { timeout: 200_000 },
  async () => {
    const page = await at.visit(`/backups?q=${IDS[70_000]}`);
    await page.getByText('1 row', { exact: true }).waitFor({ timeout: 120_000 });
    expect(await page.getByLabel('Search').inputValue()).toBe(IDS[70_000]);
    await page.goto(`${at.stage.server.url}/console/backups?secret=none-such`);
    await page.getByText('There is no backup here').waitFor();
  },
);

test('schedules are made and removed, and bad ones are told', async () => {
  const page = await at.visit('/schedules');
  await page.getByRole('button', { name: 'Add a schedule' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('weekly');
  await dialog.getByLabel('What').selectOption('verify');
  await dialog.getByLabel('Secret').selectOption('gitlab-secrets.json');
  await dialog.getByLabel('When').fill('61 * * * *');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('When').fill('0 4 * * 0');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.getByRole('article').filter({ hasText: 'weekly' });
  await row.getByText('0 4 * * 0').waitFor();
  await row.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('There is no schedule').waitFor();
  expect(at.open.complaints).toEqual([]);
});
