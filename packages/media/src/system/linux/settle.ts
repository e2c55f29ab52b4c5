import { access } from 'node:fs/promises';

import type { RunProgram } from '../program.ts';

/**
 * Waits until udev has looked at what was just plugged in: before that, nobody knows its label and file system.
 * Where udev does not run there is nothing to wait for.
 */
export async function waitForUdev(run: RunProgram, signal?: AbortSignal): Promise<void> {
  const runs = await access('/run/udev/control').then(
    () => true,
    () => false,
  );
  if (runs) await run('udevadm', ['settle', '--timeout=10'], { signal });
}
