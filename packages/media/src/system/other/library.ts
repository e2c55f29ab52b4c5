import type { Systeminformation } from 'systeminformation';

/** One of `blockDevices()`. Its type says that sizes are numbers; on Windows they are text. */
export type Block = Omit<Systeminformation.BlockDevicesData, 'size'> & {
  readonly size: number | string;
};

/** One of `fsSize()`: a mounted file system. */
export type MountedUse = Systeminformation.FsSizeData;

/** One of `diskLayout()`; only what is read of it. */
export type Drive = Pick<
  Systeminformation.DiskLayoutData,
  'device' | 'name' | 'vendor' | 'size' | 'serialNum' | 'interfaceType'
>;

/** What is asked of systeminformation. None of it ever rejects: what failed is an empty list. */
export interface DiskLibrary {
  blockDevices(): Promise<readonly Block[]>;
  fsSize(): Promise<readonly MountedUse[]>;
  diskLayout(): Promise<readonly Drive[]>;
}

/** Text that says something, else `null`: the library writes what it does not know as an empty one. */
export function known(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Bytes; 0 when they are not known. */
export function bytes(size: number | string | undefined): number {
  const number = Number(size ?? 0);
  return Number.isFinite(number) ? number : 0;
}
