import { throwIfCancelled } from '@holdfast/age';

import { mediaError } from '../../errors.ts';
import type { MediaSystem, Volume } from '../../ports.ts';
import type { RunProgram } from '../program.ts';
import { readBackImpossible } from './read-back.ts';
import type { DiskLibrary } from './library.ts';
import { ejectWindowsDisk } from './windows-eject.ts';
import { windowsFingerprint, type LookAtDrive } from './windows-letters.ts';
import { windowsDisks } from './windows.ts';

/**
 * Windows: systeminformation tells, the Explorer ejects.
 *
 * A volume with a drive letter is always mounted, and can neither be unmounted nor mounted by us. So what was written
 * to it cannot be shown to be on the medium rather than in memory: writing to a medium ends with
 * READ_BACK_IMPOSSIBLE or MEDIA_UNSUPPORTED, and leaves no file behind. What works is listing, watching, reading and
 * ejecting, and naming a folder on the medium as the destination, which is then read back through memory and
 * reported so.
 *
 * A medium that is pulled out and plugged in again is not told from one that stayed in.
 */
export function windowsSystem(
  run: RunProgram,
  library: DiskLibrary,
  look?: LookAtDrive,
): MediaSystem {
  return {
    readsBack: false,
    async list(signal) {
      throwIfCancelled(signal);
      const [blocks, uses, drives] = await Promise.all([
        library.blockDevices(),
        library.fsSize(),
        library.diskLayout(),
      ]);
      throwIfCancelled(signal);
      if (blocks.length === 0 || drives.length === 0) {
        throw mediaError('MEDIA_UNSUPPORTED', 'PowerShell could not list the disks');
      }
      return windowsDisks({
        blocks,
        uses,
        drives,
        systemDrive: process.env['SystemDrive'] ?? 'C:',
      });
    },
    fingerprint: windowsFingerprint(look),
    mount: async (volume) => cannotMount(volume),
    // It stays mounted until it is ejected, which fails when it is in use.
    unmount: async () => undefined,
    powerOff: async (medium) => await ejectWindowsDisk(run, medium),
    forgetBlocks: readBackImpossible,
  };
}

/** This is asked for only to have memory forget what was written, by mounting anew. */
function cannotMount({ node }: Volume): never {
  throw mediaError(
    'MEDIA_UNSUPPORTED',
    `Windows mounts ${node} itself, so that what is written cannot be read back from the medium`,
  );
}
