import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

type Attributes = Readonly<Record<string, string>>;

/** A tree like /sys and /proc, with what a test puts there. */
export interface KernelTree extends AsyncDisposable {
  readonly sys: string;
  readonly proc: string;
  /** A folder below /sys/devices, with attributes; `subsystem` becomes a link as in sysfs. */
  readonly device: (path: string, attributes?: Attributes) => Promise<string>;
  /** A disk there, as /sys/block has it. */
  readonly disk: (path: string, attributes?: Attributes) => Promise<void>;
  /** A file below /proc. */
  tell(name: string, content: string): Promise<void>;
}

export async function openKernelTree(): Promise<KernelTree> {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-kernel-'));
  const [sys, proc] = [join(dir.path, 'sys'), join(dir.path, 'proc')];
  for (const folder of ['devices', 'block', 'class/block', 'bus'])
    await mkdir(join(sys, folder), { recursive: true });
  await mkdir(join(proc, 'self'), { recursive: true });
  await writeFile(join(proc, 'self/mountinfo'), '');

  async function device(
    path: string,
    { subsystem, ...attributes }: Attributes = {},
  ): Promise<string> {
    const folder = join(sys, 'devices', path);
    await mkdir(folder, { recursive: true });
    if (subsystem !== undefined) {
      const target = join(sys, 'bus', subsystem);
      await mkdir(target, { recursive: true });
      await symlink(target, join(folder, 'subsystem'));
    }
    for (const [name, value] of Object.entries(attributes)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), `${value}\n`);
    }
    return folder;
  }

  return {
    sys,
    proc,
    device,
    async disk(path, attributes = {}) {
      const folder = await device(path, { subsystem: 'block', ...attributes });
      for (const of of ['block', 'class/block'])
        await symlink(folder, join(sys, of, basename(path)));
    },
    async tell(name, content) {
      await writeFile(join(proc, name), content);
    },
    [Symbol.asyncDispose]: async () => await dir.remove(),
  };
}

/** The disks that the tests below know, each as a kernel tells of it. */
export const PLUG_IN: Readonly<Record<string, (tree: KernelTree) => Promise<void>>> = {
  /** A stick, behind a hub. */
  async sdb({ device, disk }) {
    const root = 'pci0000:00/0000:00:14.0';
    await device(root, { subsystem: 'pci' });
    await device(`${root}/usb1`, {
      ...{ subsystem: 'usb', idVendor: '1d6b', idProduct: '0002', product: 'xHCI Host Controller' },
      ...{ removable: 'unknown', serial: '0000:00:14.0' },
    });
    const hub = `${root}/usb1/1-4`;
    await device(hub, {
      ...{ subsystem: 'usb', idVendor: '05e3', idProduct: '0608', product: 'USB2.0 Hub' },
      removable: 'removable',
    });
    await device(`${hub}/1-4.2`, {
      ...{ subsystem: 'usb', idVendor: '0781', idProduct: '5583', manufacturer: 'SanDisk' },
      ...{ product: 'Ultra Fit', serial: '4C530001', removable: 'unknown' },
      ...{ busnum: '1', devnum: '9' },
    });
    await device(`${hub}/1-4.2/1-4.2:1.0`, { subsystem: 'usb', interface: '' });
    await device(`${hub}/1-4.2/1-4.2:1.0/host6`, { subsystem: 'scsi' });
    await device(`${hub}/1-4.2/1-4.2:1.0/host6/target6:0:0`, { subsystem: 'scsi' });
    const lun = `${hub}/1-4.2/1-4.2:1.0/host6/target6:0:0/6:0:0:0`;
    await device(lun, { subsystem: 'scsi', vendor: 'SanDisk', model: 'Ultra Fit' });
    await disk(`${lun}/block/sdb`, {
      removable: '1',
      diskseq: '31',
      dev: '8:16',
      size: '62500000',
    });
  },
  /** An SSD in a case of its own; its "removable" bit is clear. */
  async sdc({ device, disk }) {
    const root = 'pci0000:00/0000:00:14.0/usb2/2-1';
    await device(root, {
      ...{ subsystem: 'usb', idVendor: '152d', idProduct: '0583', product: 'External' },
      removable: 'removable',
    });
    await device(`${root}/2-1:1.0`, { subsystem: 'usb' });
    await disk(`${root}/2-1:1.0/host7/target7:0:0/7:0:0:0/block/sdc`, {
      removable: '0',
      diskseq: '32',
    });
  },
  /** A reader that is built in, with an empty slot; the port says so, and what is put into it does not. */
  async sdd({ device, disk }) {
    const root = 'pci0000:00/0000:00:14.0/usb1/1-6';
    await device(root, {
      ...{ subsystem: 'usb', idVendor: '058f', idProduct: '6366', product: 'Card Reader' },
      removable: 'fixed',
    });
    await device(`${root}/1-6:1.0`, { subsystem: 'usb' });
    await disk(`${root}/1-6:1.0/host8/target8:0:0/8:0:0:1/block/sdd`, { removable: '1' });
  },
  /** A disk in the machine, which its controller marks as removable. */
  async sda({ device, disk }) {
    const root = 'pci0000:00/0000:00:17.0';
    await device(root, { subsystem: 'pci', removable: 'fixed' });
    await device(`${root}/ata1`, {});
    await device(`${root}/ata1/host0`, { subsystem: 'scsi' });
    await device(`${root}/ata1/host0/target0:0:0/0:0:0:0`, { subsystem: 'scsi' });
    await disk(`${root}/ata1/host0/target0:0:0/0:0:0:0/block/sda`, {
      removable: '1',
      diskseq: '1',
    });
  },
  async nvme0n1({ device, disk }) {
    const root = 'pci0000:00/0000:00:1d.0/0000:03:00.0';
    await device(root, { subsystem: 'pci', removable: 'fixed' });
    await device(`${root}/nvme/nvme0`, { subsystem: 'nvme' });
    await disk(`${root}/nvme/nvme0/nvme0n1`, { removable: '0', diskseq: '2' });
  },
  /** In a case at a Thunderbolt port. */
  async nvme1n1({ device, disk }) {
    const root = 'pci0000:00/0000:00:1c.0/0000:04:00.0';
    await device('pci0000:00/0000:00:1c.0', { subsystem: 'pci', removable: 'fixed' });
    await device(root, { subsystem: 'pci', removable: 'removable' });
    await device(`${root}/nvme/nvme1`, { subsystem: 'nvme' });
    await disk(`${root}/nvme/nvme1/nvme1n1`, { removable: '0', diskseq: '33' });
  },
  /** A chip that is soldered in. */
  async mmcblk0({ device, disk }) {
    const root = 'pci0000:00/0000:00:1a.0/mmc_host/mmc0';
    await device('pci0000:00/0000:00:1a.0', { subsystem: 'pci' });
    await device(root, { subsystem: 'mmc_host' });
    await device(`${root}/mmc0:0001`, { subsystem: 'mmc', type: 'MMC' });
    await disk(`${root}/mmc0:0001/block/mmcblk0`, { removable: '0', diskseq: '3' });
  },
  /** A card in a slot. */
  async mmcblk1({ device, disk }) {
    const root = 'platform/soc/fe340000.mmc/mmc_host/mmc1';
    await device(root, { subsystem: 'mmc_host' });
    await device(`${root}/mmc1:aaaa`, { subsystem: 'mmc', type: 'SD' });
    await disk(`${root}/mmc1:aaaa/block/mmcblk1`, { removable: '0', diskseq: '34' });
  },
  /** A card in a slot that hangs on USB without being a USB disk. */
  async mmcblk2({ device, disk }) {
    const root = 'pci0000:00/0000:00:14.0/usb1/1-7';
    await device(root, { subsystem: 'usb', idVendor: '0bda', idProduct: '0129' });
    await device(`${root}/1-7:1.0`, { subsystem: 'usb' });
    const host = `${root}/1-7:1.0/rtsx_usb_sdmmc.1.auto/mmc_host/mmc2`;
    await device(`${host}/mmc2:0001`, { subsystem: 'mmc', type: 'SD' });
    await disk(`${host}/mmc2:0001/block/mmcblk2`, {});
  },
  async vda({ device, disk }) {
    const root = 'pci0000:00/0000:00:05.0/virtio1';
    await device(root, { subsystem: 'virtio' });
    await disk(`${root}/block/vda`, { diskseq: '4' });
  },
  async sde({ device, disk }) {
    const root = 'pci0000:00/0000:00:1e.0/fw1/fw1.0';
    await device(root, { subsystem: 'firewire' });
    await disk(`${root}/host9/target9:0:0/9:0:0:0/block/sde`, {});
  },
  async md0({ disk }) {
    await disk('virtual/block/md0', {});
  },
};
