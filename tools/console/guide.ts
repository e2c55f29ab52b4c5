import type { Page } from 'playwright-core';
import { PASSWORD } from './open-stage.ts';

/** Goes on to the next step of the guide through a backup. */
export async function nextStep(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next' }).click();
}

/** Chooses the password of a backup, as both fields of the guide ask for it. */
export async function typePassword(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD);
  await page.getByLabel('Password, once more').fill(PASSWORD);
}
