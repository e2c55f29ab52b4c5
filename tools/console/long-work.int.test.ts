import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './open-console.ts';
import { PASSWORD } from './open-stage.ts';

let at: OpenConsole;
beforeAll(async () => {
  at = await openConsole('\n[secrets.slow]\nsource-command = "sh $DIR/slow.sh"\n');
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

/** Asks for a backup of what takes a while to be read; resolves to the address of its job. */
async function beginSlow(seconds: number): Promise<string> {
  const script = `sleep ${String(seconds)}; echo what it says`;
  await writeFile(join(at.stage.folder, 'slow.sh'), script);
  const body = {
    ...{ secret: 'slow', to: ['folder:vault'], password: PASSWORD },
    allowSinglePointOfFailure: true,
  };
  const { id } = await at.stage.client.call('createBackup', { body });
  return `/jobs/${id}`;
}

test('a job goes on while its page is loaded again, and the page tells of its end', async () => {
  const page = await at.visit(await beginSlow(4));
  await page.getByText('running').first().waitFor();
  await page.getByText('You may leave this page').waitFor();
  await page.reload();
  await page.getByText('running').first().waitFor();
  await page.getByText('Receipt of a backup').waitFor();
});

test('a job whose events break off is asked for by itself, and its end is told', async () => {
  const path = await beginSlow(6);
  const page = await at.open.page();
  await page.route('**/v1/jobs/*/events', async (route) => {
    await route.abort();
  });
  await page.goto(`${at.stage.server.url}/console${path}`);
  await page.getByText('The job goes on by itself.').waitFor();
  await page.getByText('Receipt of a backup').waitFor();
});

test('a job is cancelled after a question, and leaves nothing behind', async () => {
  const vault = join(at.stage.folder, 'vault');
  const before = await readdir(vault);
  const page = await at.visit(await beginSlow(60));
  await page.getByText('running').first().waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).last().click();
  await page.getByText('cancelled').first().waitFor();
  expect(await readdir(vault)).toEqual(before);
  await page.getByRole('link', { name: 'Ask for it again' }).click();
  await page.getByRole('radio', { name: 'slow' }).waitFor();
  expect(await page.getByRole('radio', { name: 'slow' }).isChecked()).toBe(true);
});

test('what cannot be read fails, and says what to do', async () => {
  await writeFile(join(at.stage.folder, 'slow.sh'), 'exit 3');
  const body = { secret: 'slow', to: ['folder:vault'], password: PASSWORD };
  const { id } = await at.stage.client.call('createBackup', { body });
  const page = await at.visit(`/jobs/${id}`);
  await page.getByRole('alert').getByText('It did not work').waitFor();
  expect(
    await page
      .getByRole('alert')
      .getByText(/^[A-Z_]+$/)
      .count(),
  ).toBe(1);
  const others = at.open.complaints.filter((it) => !it.includes('ERR_FAILED'));
  expect(others).toEqual([]);
});
