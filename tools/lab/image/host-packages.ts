import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { LabError } from '../guest/lab-error.ts';
import { HOST_PROGRAMS } from './contents.ts';
import { runTool, toolEnvironment } from './tool.ts';

/** Installs the Debian packages that the lab needs on the host, where they are missing. */
export async function installHostPackages(say: (text: string) => void): Promise<void> {
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(HOST_PROGRAMS)) {
    if (!(await isInstalled(program))) missing.add(name);
  }
  if (missing.size === 0) return;
  const names = [...missing];
  if (process.getuid?.() !== 0 || !(await isInstalled('apt-get'))) {
    throw new LabError(`the lab needs these Debian packages: ${names.join(' ')}`);
  }
  say(`Installing what the lab needs: ${names.join(' ')}`);
  await runTool('apt-get', ['update']);
  await runTool('apt-get', ['install', '-y', '--no-install-recommends', ...names]);
}

async function isInstalled(program: string): Promise<boolean> {
  for (const folder of (toolEnvironment()['PATH'] ?? '').split(':')) {
    if (folder === '') continue;
    try {
      await access(join(folder, program));
      return true;
    } catch {
      // the next one
    }
  }
  return false;
}
