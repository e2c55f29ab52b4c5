import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole, type OpenConsole } from './open-console.ts';
import { PASSWORD } from './open-stage.ts';

let at: OpenConsole;
beforeAll(async () => {
  at = await openConsole();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

const MOST = 60;

/** Presses a key until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let pressed = 0; pressed < MOST; pressed += 1) {
    await page.keyboard.press(key);
    const called = await page.evaluate<string>(CALLED);
    if (name.test(called)) return;
    seen.push(called);
  }
  throw new Error(`Tab does not lead to ${String(name)}, but to ${seen.join(' | ')}`);
}

/** What the focused element is called by its label, or by what it says. */
const CALLED = `(() => {
  const it = document.activeElement;
  const label = it.labels?.[0]?.innerText;
  return it.getAttribute('aria-label') ?? label ?? it.innerText ?? '';
})()`;

test(
  'whoever has a keyboard only backs up, from the first page to the receipt',
  { timeout: 90_000 },
  async () => {
    const page = await at.visit('/');
    await page.getByText('Not for sure.').waitFor();
    await page.keyboard.press('Shift+Tab');
    await tabTo(page, /Back up a master secret/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Back up a master secret' }).waitFor();
    await page.getByRole('radio', { name: /^gitlab-secrets.json/ }).waitFor();
    await tabTo(page, /gitlab-secrets.json/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Next$/);
    await page.keyboard.press('Enter');
    await page.getByTestId('sentence').waitFor();
    await tabTo(page, /^Next$/);
    await page.keyboard.press('Enter');
    await page.getByLabel('Password, once more').waitFor();
    await tabTo(page, /^Password$/);
    await page.keyboard.type(PASSWORD);
    await tabTo(page, /^Password, once more$/);
    await page.keyboard.type(PASSWORD);
    await tabTo(page, /^Next$/);
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'vault' }).waitFor();
    for (const folder of [/^vault$/, /^safe$/]) {
      await tabTo(page, folder);
      await page.keyboard.press('Space');
    }
    await tabTo(page, /^Next$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Back up now$/);
    await page.keyboard.press('Enter');
    await page.getByText('Receipt of a backup').waitFor();
  },
);

test('what has the focus can be seen, and the content is one key away', async () => {
  const page = await at.visit('/jobs');
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await tabTo(page, /^Skip to the content$/, 'Shift+Tab');
  const look = `(() => {
    const { outlineStyle, borderColor } = getComputedStyle(document.querySelector('[type=search]'));
    return outlineStyle + borderColor;
  })()`;
  const plain = await page.evaluate(look);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Search$/);
  await expect.poll(async () => await page.evaluate(look)).not.toBe(plain);
});

test('a dialog takes the focus, keeps it, and gives it back', async () => {
  const page = await at.visit('/custodians');
  await page.getByRole('heading', { name: 'Custodians' }).waitFor();
  await tabTo(page, /Add a custodian/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.type('dora');
  expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('dora');
  const isInside = `document.activeElement.closest('[role=dialog]') !== null`;
  for (let pressed = 0; pressed < 12; pressed += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(isInside)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(async () => await page.evaluate(CALLED)).toBe('Add a custodian');
});
