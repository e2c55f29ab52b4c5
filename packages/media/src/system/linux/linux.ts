import type { MediaSystem } from '../../ports.ts';
import { runProgram } from '../program.ts';
import { fingerprint } from './fingerprint.ts';
import { forgetBlocks } from './forget-blocks.ts';
import { mountVolume, unmountVolumes } from './mount.ts';
import { powerOff } from './power-off.ts';
import { readDisks } from './read-disks.ts';
import { waitForUdev } from './settle.ts';

const FOLDERS = { sys: '/sys', proc: '/proc' };

/** Linux: lsblk, mountinfo and sysfs tell; udisks, where it runs, or mount do. */
export function linuxSystem(): MediaSystem {
  return {
    readsBack: true,
    async list(signal) {
      await waitForUdev(runProgram, signal);
      return await readDisks(runProgram, FOLDERS, signal);
    },
    fingerprint: async () => await fingerprint(FOLDERS),
    mount: async (volume, options) => await mountVolume(runProgram, FOLDERS, volume, options),
    unmount: async (volumes) => await unmountVolumes(runProgram, FOLDERS, volumes),
    powerOff: async (medium) => await powerOff(runProgram, FOLDERS, medium),
    forgetBlocks: async (volume) => await forgetBlocks(runProgram, volume),
  };
}
