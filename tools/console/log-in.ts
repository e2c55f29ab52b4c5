import type { Role } from '@holdfast/api';
import type { Page } from 'playwright-core';
import type { OpenConsole } from './open-console.ts';

/** A window in which somebody is logged in by an access token of their own. */
export async function logIn(
  at: OpenConsole,
  name: string,
  role: Exclude<Role, 'custodian'>,
): Promise<Page> {
  const { token } = await at.stage.client.call('createAccess', { body: { name, role } });
  const page = await at.visit('/');
  await page.getByRole('button', { name: /loopback/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: new RegExp(name) }).waitFor();
  return page;
}
