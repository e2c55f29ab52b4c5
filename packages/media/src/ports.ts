/** How a disk is connected. */
export type Bus =
  'usb' | 'sd' | 'firewire' | 'thunderbolt' | 'mmc' | 'ata' | 'nvme' | 'scsi' | 'virtio' | 'other';

/** Why something is not offered. */
export type RefusalCode =
  | 'built-in'
  | 'system'
  | 'swap'
  | 'in-use'
  | 'empty'
  | 'optical'
  | 'unformatted'
  | 'encrypted'
  | 'member'
  | 'unsupported'
  | 'read-only'
  | 'protected';

export interface Refusal {
  readonly code: RefusalCode;
  /** A sentence's end, to be put behind a colon: "part of it is mounted at /boot". */
  readonly words: string;
}

/** What is known of a stick, card or disk. */
export interface DiskFacts {
  /** The system's name for it while it is plugged in: `/dev/sdb`. Another stick may have it next time. */
  readonly node: string;
  /** Tells this plugging-in from every other since the system began. */
  readonly sequence: string;
  readonly bus: Bus;
  /** Whether it came from outside while the system runs, or could have. */
  readonly hotPlugged: boolean;
  /** `0781:5583`, when it is a USB device itself. */
  readonly usbId: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  /** Bytes that it says it has. */
  readonly size: number;
  readonly readOnly: boolean;
}

/** A physical stick, card or disk, and what of it is offered. */
export interface Medium extends DiskFacts {
  /** Why nothing on it is offered; `null` when its volumes are. */
  readonly refusal: Refusal | null;
  readonly volumes: readonly Volume[];
}

/** A file system on a medium, or a place for one. */
export interface Volume {
  /** `/dev/sdb1`; the medium's own node when it has no partitions. */
  readonly node: string;
  /** The kernel's number of it, `8:17`; `null` where there is none. */
  readonly number: string | null;
  /** As Linux names it: `vfat`, `exfat`, `ntfs`, `ext4` …; `null` when none was found. */
  readonly fileSystem: string | null;
  readonly label: string | null;
  readonly uuid: string | null;
  /** Bytes. */
  readonly size: number;
  /** Bytes; `null` while it is not mounted, since only then one can know. */
  readonly free: number | null;
  readonly mounts: readonly Mount[];
  /** Why it cannot even be read from; `null` when it can. */
  readonly refusal: Refusal | null;
  /** Why nothing is written to it although it can be read from. */
  readonly writeRefusal: Refusal | null;
}

export interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
  /** What drives it, as mountinfo has it: `vfat`, `fuseblk` … */
  readonly driver: string;
}

/** One volume that was chosen, with the medium that it is on. */
export interface ChosenVolume {
  readonly medium: Medium;
  readonly volume: Volume;
}

/** What the operating system does for us. One file for each of them implements it. */
export interface MediaSystem {
  /** Everything that holds blocks, with all that is known of it. Changes nothing. */
  list(signal?: AbortSignal): Promise<readonly Disk[]>;
  /** Differs as soon as `list` would; costs next to nothing. */
  fingerprint(): Promise<string>;
  /** Whether what was written can be read from the medium itself, past memory, in one way or another. */
  readonly readsBack: boolean;
  /** Mounts a volume with options that let nothing on it run; resolves to where, and how to take it away. */
  mount(volume: Volume, options: MountOptions): Promise<SystemMount>;
  /** Takes all mounts of these volumes away. Throws MEDIUM_BUSY. */
  unmount(volumes: readonly Volume[]): Promise<void>;
  /** Lets go of a medium whose volumes are not mounted: flushes it and switches it off. Throws EJECT_FAILED. */
  powerOff(medium: Medium): Promise<void>;
  /** Has the system forget what it keeps of a volume's blocks, below the file system. Throws when it may not. */
  forgetBlocks(volume: Volume): Promise<void>;
}

export interface MountOptions {
  readonly readOnly: boolean;
  /** Not even to bring its journal up to date, which a read-only mount does. */
  readonly untouched?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SystemMount {
  readonly path: string;
  /** Unmounts it, and leaves no trace. Throws MEDIUM_BUSY. */
  unmount(): Promise<void>;
}

/** A disk as the system tells of it, before anything is decided. */
export interface Disk extends DiskFacts {
  readonly optical: boolean;
  /** The disk itself when it has no partitions, its partitions, and what is made of them. */
  readonly parts: readonly Part[];
}

/** A stretch of blocks on a disk, or what LUKS, LVM or RAID make of such. */
export interface Part {
  readonly node: string;
  readonly number: string | null;
  readonly kind: 'disk' | 'partition' | 'crypt' | 'lvm' | 'raid' | 'other';
  readonly fileSystem: string | null;
  readonly label: string | null;
  readonly uuid: string | null;
  readonly size: number;
  readonly readOnly: boolean;
  readonly free: number | null;
  readonly mounts: readonly Mount[];
  readonly swap: boolean;
  /** Files on it that the system uses as disks or as swap. */
  readonly files: readonly string[];
  /** Nodes of what is made of it and is active. */
  readonly holders: readonly string[];
}
