import type { Guest } from '../guest/guest.ts';
import { LUKS_PASSWORD } from './image/volume.ts';

// What is between a disk and a file system. Only the kernel of the guest can do it; each resolves to the device
// that it makes out of another, which it takes for itself.

/** Unlocks a LUKS volume. */
export async function unlockLuks(guest: Guest, device: string): Promise<string> {
  await guest.check(`cryptsetup open --key-file=- ${device} unlocked`, { input: LUKS_PASSWORD });
  return '/dev/mapper/unlocked';
}

/** Makes a volume group on a device, with one logical volume in it. */
export async function makeLogicalVolume(guest: Guest, device: string): Promise<string> {
  await guest.check(`vgcreate --yes stick ${device}`);
  await guest.check(`lvcreate --yes --zero n --extents 100%FREE --name volume stick`);
  return '/dev/stick/volume';
}

/** Makes a mirror of which a device is the only half so far. */
export async function makeRaid(guest: Guest, device: string): Promise<string> {
  await guest.check(
    `mdadm --create /dev/md/stick --run --level=1 --raid-devices=2 ${device} missing`,
  );
  return '/dev/md/stick';
}
