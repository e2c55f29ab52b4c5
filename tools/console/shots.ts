// Walks through every page of the console, in light and dark, and keeps what it saw in test-results/console.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser } from './open-browser.ts';
import { openStage, PASSWORD } from './open-stage.ts';
import { PAGES } from './pages.ts';

const folder = join(import.meta.dirname, '../../test-results/console');
await mkdir(folder, { recursive: true });
await using stage = await openStage();
await using open = await openBrowser();

const { client } = stage;
for (const name of ['alice', 'bob', 'carol']) {
  await client.call('addCustodian', { body: { name, factors: 'password' } });
}
const to = ['folder:vault', 'folder:safe'];
const asked = { secret: 'gitlab-secrets.json', to, password: PASSWORD };
const made = await client.call('createBackup', { body: asked });
await stage.ended(made.id);
const { rows } = await client.call('listBackups', { query: {} });
const backup = rows[0]?.id ?? '';
const drilled = await client.call('createDrill', {
  body: { backup, live: true, password: PASSWORD },
});
await stage.ended(drilled.id);

const more = [`/backups/${backup}`, `/jobs/${made.id}`, '/secrets/gitlab-secrets.json'];
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await open.page({ colorScheme });
  for (const path of [...PAGES, ...more]) {
    await page.goto(`${stage.server.url}/console${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const name = path.split('/')[1] ?? '';
    const kind = path.split('/').length > 2 ? `${name}-one` : name === '' ? 'system' : name;
    await page.screenshot({ path: join(folder, `${kind}-${colorScheme}.png`), fullPage: true });
  }
}
console.log(`what every page looks like is in ${folder}`);
