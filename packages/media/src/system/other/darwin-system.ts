import { throwIfCancelled } from '@holdfast/age';

import { mediaError } from '../../errors.ts';
import type { MediaSystem } from '../../ports.ts';
import type { RunProgram } from '../program.ts';
import { darwinFingerprint, darwinSequences, type DarwinFolders } from './darwin-nodes.ts';
import { darwinDisks } from './darwin.ts';
import { ejectDisk, listDisks, mountVolume, unmountVolumes } from './diskutil.ts';
import { readBackImpossible } from './read-back.ts';
import type { DiskLibrary } from './library.ts';

/** macOS: systeminformation and `diskutil list` tell; `diskutil` mounts, unmounts and ejects. */
export function darwinSystem(
  run: RunProgram,
  library: DiskLibrary,
  folders: DarwinFolders = { dev: '/dev', volumes: '/Volumes' },
): MediaSystem {
  return {
    readsBack: true,
    async list(signal) {
      throwIfCancelled(signal);
      const [blocks, uses, listed, sequences] = await Promise.all([
        library.blockDevices(),
        library.fsSize(),
        listDisks(run, signal),
        darwinSequences(folders),
      ]);
      throwIfCancelled(signal);
      if (blocks.length === 0) {
        throw mediaError('MEDIA_UNSUPPORTED', 'diskutil could not describe the disks');
      }
      return darwinDisks({ blocks, uses, listed, sequences });
    },
    fingerprint: async () => await darwinFingerprint(folders),
    mount: async (volume, options) => await mountVolume(run, volume, options),
    unmount: async (volumes) => await unmountVolumes(run, volumes),
    powerOff: async (medium) => await ejectDisk(run, medium),
    forgetBlocks: readBackImpossible,
  };
}
