import type { Qmp } from '../guest/qmp.ts';
import { BadDisk } from './bad-disk/bad-disk.ts';

/** What stores the bytes of a disk or a card: an image file, or a bad stick around one. */
export type Medium = string | BadDisk;

/** Opens a medium in QEMU, as a node of this name, for a device to be put around it. */
export async function addMedium(
  qmp: Qmp,
  name: string,
  medium: Medium,
  readOnly = false,
): Promise<void> {
  const worn = medium instanceof BadDisk && medium.readOnly;
  await qmp.do('blockdev-add', {
    'node-name': name,
    driver: 'raw',
    'read-only': readOnly || worn,
    file:
      medium instanceof BadDisk
        ? { driver: 'nbd', server: { type: 'unix', path: medium.socket } }
        : // Nobody takes the power from the host.
          { driver: 'file', filename: medium, cache: { 'no-flush': true } },
  });
}

/** Lets go of it. QEMU flushes what it has open, as no hand does; a bad stick has lost its power before. */
export async function removeMedium(qmp: Qmp, name: string): Promise<void> {
  await qmp.do('blockdev-del', { 'node-name': name });
}
