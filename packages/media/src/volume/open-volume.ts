import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { mediaError } from '../errors.ts';
import { offer, type Protected } from '../offer.ts';
import type { ChosenVolume, MediaSystem, SystemMount, Volume } from '../ports.ts';
import { isSystemError } from '../durable/system-error.ts';

/** Where backups lie on a medium: everything else on it is somebody else's. */
export const BACKUP_FOLDER = 'holdfast';

/** A place that is mounted for as long as it is held: a volume of a medium, or a folder that somebody named. */
export interface OpenVolume extends AsyncDisposable {
  /** `null`: a folder, wherever it may be. */
  readonly chosen: ChosenVolume | null;
  /** Where it is mounted; may be another place after `forget`. */
  readonly root: string;
  /** Where backups lie. It need not exist yet. */
  readonly folder: string;
  /** Throws MEDIUM_CHANGED when it is not, or no longer, what was chosen. */
  assertPresent(): Promise<void>;
  /** Throws MEDIUM_CHANGED when a file lies on another file system: on the host's own disk, say. */
  assertOnIt(path: string): Promise<void>;
  /**
   * Has the system forget what it keeps of the volume, by unmounting it and mounting it again. Resolves to `false`
   * when it has to stay mounted, because it is not ours to unmount or somebody uses it. Throws
   * READ_BACK_IMPOSSIBLE when then even direct reads would come out of memory.
   */
  forget(): Promise<boolean>;
  /** Unmounts the whole medium, and switches it off. Throws MEDIUM_CHANGED, MEDIUM_BUSY, EJECT_FAILED. */
  eject(): Promise<void>;
}

export interface OpenVolumeOptions {
  readonly access: 'read' | 'write';
  /** It is to be ejected in the end, so that it may be unmounted although somebody else mounted it. */
  readonly mayUnmount?: boolean | undefined;
  readonly isProtected?: Protected | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Mounts a chosen volume, unless it is mounted; disposal leaves it as it was found.
 *
 * @throws MEDIUM_CHANGED when it is not the one that was chosen any more, MEDIUM_REFUSED, MOUNT_FAILED
 */
export async function openVolume(
  system: MediaSystem,
  choice: ChosenVolume,
  options: OpenVolumeOptions,
): Promise<OpenVolume> {
  const { access, mayUnmount = false, isProtected, signal } = options;
  const readOnly = access === 'read';
  const chosen = await present(system, choice, isProtected);
  const refusal =
    chosen.medium.refusal ??
    chosen.volume.refusal ??
    (readOnly ? null : chosen.volume.writeRefusal);
  if (refusal !== null) {
    throw mediaError('MEDIUM_REFUSED', `${chosen.volume.node} is not used: ${refusal.words}`);
  }
  if (!readOnly && !system.readsBack) {
    throw mediaError('READ_BACK_IMPOSSIBLE', 'nothing can be read back from media on this system');
  }
  const { volume } = chosen;
  let own: SystemMount | null = null;
  let root = volume.mounts.find((mount) => readOnly || !mount.readOnly)?.path ?? null;
  if (root === null) {
    const untouched = volume.writeRefusal?.code === 'protected';
    own = await system.mount(volume, { readOnly, untouched, signal });
    root = own.path;
  }
  let number: number;
  try {
    number = await deviceNumberAt(root, volume);
  } catch (cause) {
    await own?.unmount().catch(() => undefined);
    throw cause;
  }

  async function mountAnew(): Promise<void> {
    own = await system
      .mount(volume, { readOnly, signal: undefined })
      .catch(async (cause: unknown) => {
        const there = await present(system, chosen, isProtected).catch(() => null);
        if (there !== null) throw cause;
        throw mediaError('DESTINATION_LOST', `${volume.node} was pulled out too early`, { cause });
      });
    root = own.path;
    number = await deviceNumberAt(root, volume);
  }

  async function stayMounted(): Promise<false> {
    await forgetBlocksOf(system, (await present(system, chosen, isProtected)).volume);
    return false;
  }

  return {
    chosen,
    get root() {
      return root ?? '';
    },
    get folder() {
      return join(root ?? '', BACKUP_FOLDER);
    },
    async assertPresent() {
      await present(system, chosen, isProtected);
      await requireDevice(root ?? '', number);
    },
    assertOnIt: async (path) => await requireDevice(path, number),
    async forget() {
      if (own === null && !mayUnmount) return await stayMounted();
      try {
        await (own === null ? system.unmount([volume]) : own.unmount());
      } catch {
        // Somebody uses it.
        return await stayMounted();
      }
      own = null;
      await mountAnew();
      return true;
    },
    async eject() {
      await own?.unmount();
      own = null;
      // Another one may have its name by now.
      const { medium } = await present(system, chosen, isProtected);
      await system.unmount(medium.volumes);
      await system.powerOff(medium);
    },
    async [Symbol.asyncDispose]() {
      const mine = own;
      own = null;
      await mine?.unmount();
    },
  };
}

/** Drivers in user space read through the kernel's memory of the blocks, whatever they are asked. */
async function forgetBlocksOf(system: MediaSystem, volume: Volume): Promise<void> {
  if (volume.mounts.some(({ driver }) => driver.startsWith('fuse')))
    await system.forgetBlocks(volume);
}

/** The same volume as the system tells of it now. Throws MEDIUM_CHANGED when it is not there any more. */
async function present(
  system: MediaSystem,
  { medium, volume }: ChosenVolume,
  isProtected: Protected | undefined,
): Promise<ChosenVolume> {
  const media = offer(await system.list(), isProtected);
  const same = media.find(
    ({ node, sequence }) => node === medium.node && sequence === medium.sequence,
  );
  const part = same?.volumes.find(
    (it) => it.node === volume.node && it.uuid === volume.uuid && it.size === volume.size,
  );
  if (same !== undefined && part !== undefined) return { medium: same, volume: part };
  const what = volume.label ?? medium.product ?? 'the medium';
  throw mediaError('MEDIUM_CHANGED', `${what} that was at ${volume.node} is not there any more`);
}

/** What `stat` says of files on a volume that is mounted at `root`, which nothing else may be mounted over. */
async function deviceNumberAt(root: string, volume: Volume): Promise<number> {
  const dev = await deviceOf(root);
  // btrfs has numbers of its own.
  if (
    volume.number !== null &&
    volume.fileSystem !== 'btrfs' &&
    numberText(dev) !== volume.number
  ) {
    throw mediaError('MEDIUM_CHANGED', `something else than ${volume.node} is mounted at ${root}`);
  }
  return dev;
}

async function requireDevice(path: string, number: number): Promise<void> {
  if ((await deviceOf(path)) === number) return;
  throw mediaError('MEDIUM_CHANGED', `${path} does not lie on the medium that was chosen`);
}

async function deviceOf(path: string): Promise<number> {
  try {
    return (await stat(path)).dev;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw mediaError('MEDIUM_CHANGED', `${path} cannot be looked at (${cause.code})`, { cause });
  }
}

/** `8:17`, as the kernel writes it; the bits are those of makedev(3). */
function numberText(dev: number): string {
  const number = BigInt(dev);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
