import { runTool } from '../../image/tool.ts';

const MIB = 2 ** 20;

/** What a whole stick or one partition can hold. `luks` is locked with {@link LUKS_PASSWORD}. */
export type Format = 'vfat' | 'exfat' | 'ntfs' | 'ext4' | 'xfs' | 'btrfs' | 'swap' | 'luks';

export interface Volume {
  /** `null`: nothing at all. */
  readonly format: Format | null;
  readonly label?: string;
}

export const LUKS_PASSWORD = 'of the lab';

/** Makes a sparse file of so many bytes with the volume in it. */
export async function makeVolume(file: string, size: number, volume: Volume): Promise<void> {
  await runTool('truncate', ['-s', String(size), file]);
  if (volume.format === null) return;
  const [program, labelOption, ...options] = MAKERS[volume.format];
  // Sticks are sold with FAT32; a small one cannot have it.
  if (volume.format === 'vfat' && size >= 64 * MIB) options.push('-F', '32');
  const label = volume.label === undefined ? [] : [labelOption, volume.label];
  await runTool(program, [...options, ...label, file], { input: LUKS_PASSWORD });
}

/** Programs, the option that each has for a label, and what it must be told to do all at once, without asking. */
const MAKERS: Readonly<Record<Format, readonly [string, string, ...string[]]>> = {
  vfat: ['mkfs.vfat', '-n'],
  exfat: ['mkfs.exfat', '-L'],
  ntfs: ['mkntfs', '-L', '--quiet', '--force', '--fast'],
  // Else the kernel goes on with it when it is mounted.
  ext4: ['mkfs.ext4', '-L', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0'],
  xfs: ['mkfs.xfs', '-L', '-q'],
  btrfs: ['mkfs.btrfs', '-L', '-q'],
  swap: ['mkswap', '-L'],
  // Few iterations: the guest is slow, and keeps no secret.
  luks: [
    'cryptsetup',
    '--label',
    ...['luksFormat', '--batch-mode', '--key-file=-', '--cipher=aes-xts-plain64'],
    ...['--pbkdf=pbkdf2', '--pbkdf-force-iterations=1000'],
  ],
};
