import { blockDevices, diskLayout, fsSize } from 'systeminformation';

import type { MediaSystem } from '../../ports.ts';
import { runProgram } from '../program.ts';
import { darwinSystem } from './darwin-system.ts';
import type { DiskLibrary } from './library.ts';
import { windowsSystem } from './windows-system.ts';

const library: DiskLibrary = {
  blockDevices: async () => await blockDevices(),
  fsSize: async () => await fsSize(),
  diskLayout: async () => await diskLayout(),
};

/**
 * Removable media on macOS and Windows, on top of systeminformation.
 *
 * Neither knows a way to read past memory, such as O_DIRECT. On macOS a volume is therefore unmounted and mounted
 * again before it is read back; when it must stay mounted, writing ends with READ_BACK_IMPOSSIBLE. On Windows that
 * is not possible at all: see {@link windowsSystem}.
 *
 * What is not known to have been plugged in from outside is not offered, and looks built in. Serial numbers are not
 * known on macOS: there, media are protected by label or UUID only.
 *
 * @experimental It was made from recorded output of these systems, not on them.
 */
export function experimentalSystem(platform: 'darwin' | 'win32'): MediaSystem {
  return platform === 'darwin'
    ? darwinSystem(runProgram, library)
    : windowsSystem(runProgram, library);
}
