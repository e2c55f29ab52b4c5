import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextStep } from './guide.ts';
import { openConsole, type OpenConsole } from './open-console.ts';

let at: OpenConsole;
beforeAll(async () => {
  at = await openConsole();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

const volume = { node: '/dev/sdx1', fileSystem: 'vfat', uuid: null, size: 8e9, free: 7e9 };
const none = { refusal: null, writeRefusal: null };
const medium = { node: '/dev/sdx', bus: 'usb', vendor: 'Acme', product: 'Stick', serial: '1' };
const BLACK = {
  ...medium,
  size: 8e9,
  refusal: null,
  volumes: [{ ...volume, ...none, label: 'BLACK' }],
};
const FULL = {
  ...{ ...medium, node: '/dev/sdy', serial: '2', size: 8e9, refusal: null },
  volumes: [{ ...volume, ...none, label: 'FULL', writeRefusal: 'it is write-protected' }],
};

// Sticks are told by a stand-in: real ones are in the lab, without a browser.
test('sticks appear as they are plugged in, unsuitable ones greyed with their reason, and one that is pulled stays named', async () => {
  let plugged: readonly object[] = [];
  const page = await at.open.page();
  await page.route('**/v1/media/events', async (route) => {
    const body = `data: ${JSON.stringify({ plugged })}\n\n`;
    await route.fulfill({ contentType: 'text/event-stream', body });
  });
  await page.goto(`${at.stage.server.url}/console/back-up?secret=gitlab-secrets.json`);
  await nextStep(page);
  await nextStep(page);
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('a b c d e f');
  await page.getByLabel('Password, once more').fill('a b c d e f');
  await nextStep(page);
  await page.getByText('Plug a stick in: it appears here.').waitFor();
  plugged = [BLACK, FULL];
  await page.getByRole('checkbox', { name: 'BLACK' }).check();
  expect(await page.getByRole('checkbox', { name: 'FULL' }).isDisabled()).toBe(true);
  await page.getByText('it is write-protected').waitFor();
  plugged = [FULL];
  await page.getByText('It was pulled out').waitFor();
  expect(await page.getByRole('checkbox', { name: 'BLACK' }).isChecked()).toBe(true);
  await nextStep(page);
  await page.getByText('BLACK').first().waitFor();
  expect(at.open.complaints).toEqual([]);
});

test('what the machine itself is made of is shown with the reason why it is not offered', async () => {
  const page = await at.visit('/media');
  await page.getByRole('heading', { name: 'Plugged in now' }).waitFor();
  await page.getByText('The register is empty').waitFor();
});
