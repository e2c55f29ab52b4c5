import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, type OpenBrowser } from './open-browser.ts';
import { openStage, PASSWORD, type Stage } from './open-stage.ts';
import { PAGES } from './pages.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let stage: Stage;
let open: OpenBrowser;
beforeAll(async () => {
  stage = await openStage();
  open = await openBrowser();
  const body = { secret: 'gitlab-secrets.json', to: ['folder:vault'], password: PASSWORD };
  expect(await stage.ended((await stage.client.call('createBackup', { body })).id)).toBe(
    'finished',
  );
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

test.each(['light', 'dark'] as const)(
  'no page has a serious finding of axe, and none scrolls sideways on a phone, in %s',
  { timeout: 180_000 },
  async (colorScheme) => {
    const page = await open.page({ colorScheme, width: 390, height: 844 });
    const found: string[] = [];
    for (const path of PAGES) {
      await page.goto(`${stage.server.url}/console${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      if (Number(width) > 390) found.push(`${path} is ${String(width)} wide`);
      // By the debugger, which the policy of the page does not bind.
      await page.evaluate(AXE);
      const results = await page.evaluate<AxeResults>('axe.run()');
      for (const { id, impact, nodes } of results.violations) {
        if (impact !== 'serious' && impact !== 'critical') continue;
        found.push(`${path}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`);
      }
    }
    expect(found).toEqual([]);
  },
);
