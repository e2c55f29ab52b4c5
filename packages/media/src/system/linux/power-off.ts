import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { mediaError } from '../../errors.ts';
import type { Medium } from '../../ports.ts';
import type { RunProgram } from '../program.ts';
import { connectionOf } from './connection.ts';
import type { KernelFolders } from './read-disks.ts';

/**
 * Has a medium write what its own cache still holds and switches it off, so that its light goes out: through
 * udisks, else by telling the kernel, which takes root.
 *
 * @throws EJECT_FAILED; it is unmounted all the same, and may be pulled out
 */
export async function powerOff(
  run: RunProgram,
  { sys }: KernelFolders,
  { node }: Medium,
): Promise<void> {
  const asked = ['power-off', '--block-device', node, '--no-user-interaction'];
  const udisks = await run('udisksctl', asked);
  if (udisks.status === 0) return;
  const kernelName = node.slice('/dev/'.length);
  const { usb } = await connectionOf(sys, kernelName);
  try {
    await run('blockdev', ['--flushbufs', node]);
    // The driver sends SYNCHRONIZE CACHE to a disk that it lets go of.
    await writeFile(join(sys, 'block', kernelName, 'device/delete'), '1');
    if (usb !== null) await writeFile(join(usb.folder, 'remove'), '1');
  } catch (cause) {
    throw mediaError('EJECT_FAILED', `${node} is unmounted but was not switched off`, { cause });
  }
}
