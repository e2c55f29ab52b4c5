// Walks through every page of the console, in light and dark, and keeps what it saw in test-results/console.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLivedIn } from './open-lived-in.ts';

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { width: 390, height: 844 },
  wide: { width: 2200, height: 1200 },
} as const;

const folder = join(import.meta.dirname, '../../test-results/console');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await using at = await openLivedIn();

for (const [name, look] of Object.entries(LOOKS)) {
  const page = await at.visit('/', look);
  for (const [index, path] of at.paths.entries()) {
    await page.goto(`${at.stage.server.url}/console${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const [, kind = ''] = /^\/([a-z-]*)/.exec(path) ?? [];
    const file = `${String(index).padStart(2, '0')}-${kind === '' ? 'system' : kind}-${name}.png`;
    await page.screenshot({ path: join(folder, file), fullPage: true });
  }
}
console.log(`what every page looks like is in ${folder}`);
