import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLivedIn, type LivedIn } from './open-lived-in.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 390, height: 844 };

let at: LivedIn;
beforeAll(async () => {
  at = await openLivedIn();
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
});

/** What axe holds to be serious about a page as it is. */
async function seriousIn(page: Page): Promise<string[]> {
  // By the debugger, which the policy of the page does not bind.
  await page.evaluate(AXE);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`);
}

async function come(page: Page, path: string): Promise<void> {
  await page.goto(`${at.stage.server.url}/console${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
}

test.each(['light', 'dark'] as const)(
  'no page has a serious finding of axe, and none scrolls sideways on a phone, in %s',
  { timeout: 240_000 },
  async (colorScheme) => {
    const page = await at.open.page({ colorScheme, ...PHONE });
    const found: string[] = [];
    for (const path of at.paths) {
      await come(page, path);
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      if (width > PHONE.width) found.push(`${path} is ${String(width)} wide`);
      found.push(...(await seriousIn(page)).map((it) => `${path}: ${it}`));
    }
    expect(found).toEqual([]);
  },
);

const DIALOGS = [
  ['/tokens', 'Enrol a key'],
  ['/tokens', 'Forget'],
  ['/custodians', 'Add a custodian'],
  ['/custodians', 'Remove'],
  ['/schedules', 'Add a schedule'],
  ['/settings', 'Make an access token'],
  ['/secrets', 'Import a secret'],
  ['/audit', 'Check the chain'],
  ['/', /loopback/],
] as const;

test.each(['light', 'dark'] as const)(
  'no dialog and no menu has a serious finding of axe, and Escape closes each, in %s',
  { timeout: 120_000 },
  async (colorScheme) => {
    const page = await at.open.page({ colorScheme });
    const found: string[] = [];
    for (const [path, name] of DIALOGS) {
      await come(page, path);
      await page.getByRole('button', { name }).first().click();
      await page.waitForTimeout(400);
      found.push(...(await seriousIn(page)).map((it) => `${String(name)}: ${it}`));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expect(found).toEqual([]);
  },
);
