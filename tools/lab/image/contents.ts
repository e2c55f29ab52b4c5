/** What the guest is made of. The image is built anew when anything here changes. */
export const DEBIAN = { release: 'trixie', mirror: 'http://deb.debian.org/debian' } as const;

/** Debian packages of the guest, besides the minimal system. */
export const GUEST_PACKAGES: readonly string[] = [
  // hot plugging
  ...['udev', 'kmod', 'usbutils', 'busybox-static', 'procps', 'strace'],
  // for Node and its native modules
  ...['libstdc++6', 'libatomic1'],
  // smartcards
  ...['pcscd', 'libccid', 'opensc', 'opensc-pkcs11'],
  // sticks
  ...[
    'fdisk',
    'parted',
    'e2fsprogs',
    'dosfstools',
    'exfatprogs',
    'ntfs-3g',
    'xfsprogs',
    'btrfs-progs',
    'dmsetup',
    'eject',
    'f3',
  ],
  // what else a disk may belong to
  ...['cryptsetup-bin', 'lvm2', 'mdadm'],
  ...['udisks2', 'dbus'],
  'age',
];

/** Kernel modules that the root file system needs; the initial RAM disk loads them in this order. */
export const EARLY_MODULES: readonly string[] = [
  'virtio_pci',
  'virtio_blk',
  'crc32c_generic',
  'ext4',
];

/** Kernel modules that are loaded before anything is plugged in. */
export const LOADED_MODULES: readonly string[] = [
  ...[
    'virtio_console',
    'virtio_rng',
    '9p',
    '9pnet_virtio',
    'xhci_pci',
    'usb_storage',
    'uas',
    'virtio_scsi',
    'sd_mod',
    'sg',
  ],
  ...['vfat', 'nls_cp437', 'nls_iso8859-1', 'nls_ascii', 'nls_utf8', 'loop'],
];

/** Kernel modules that the guest can load. */
export const OTHER_MODULES: readonly string[] = [
  ...['exfat', 'ntfs3', 'fuse', 'udf', 'isofs', 'btrfs', 'xfs', 'overlay'],
  ...['usbhid', 'hid_generic', 'sr_mod'],
  ...['dm_mod', 'dm_flakey', 'dm_delay', 'dm_log_writes', 'scsi_debug', 'md_mod', 'raid1'],
  // LUKS, with what its keys are unlocked by
  ...['dm_crypt', 'algif_hash', 'algif_skcipher', 'xts', 'ecb', 'cbc', 'essiv'],
  ...['dummy_hcd', 'g_mass_storage', 'usb_f_mass_storage', 'libcomposite'],
];

/** Programs of the host, each with the Debian package that has it. */
export const HOST_PROGRAMS: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  debootstrap: 'debootstrap',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  'mkfs.exfat': 'exfatprogs',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
  mkntfs: 'ntfs-3g',
  cryptsetup: 'cryptsetup-bin',
  sfdisk: 'fdisk',
  mtype: 'mtools',
  modprobe: 'kmod',
  depmod: 'kmod',
  xz: 'xz-utils',
  cpio: 'cpio',
  setpriv: 'util-linux',
};
