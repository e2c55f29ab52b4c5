import { mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { mediaError } from '../../errors.ts';
import type { MountOptions, SystemMount, Volume } from '../../ports.ts';
import type { Ending, RunProgram } from '../program.ts';
import { readMounts } from './mount-table.ts';
import type { KernelFolders } from './read-disks.ts';

/** Where volumes are mounted that nothing else mounts. Nobody but root looks inside. */
const OWN_FOLDER = '/run/holdfast';
/** A slow stick takes its time to write what it was given. */
const PATIENCE = 30 * 60_000;

/** Nothing on a stick runs, is a device or changes who one is. We sync what we write; `flush` hurries the rest. */
const SAFE = ['nosuid', 'nodev', 'noexec'];
const MORE: Readonly<Record<string, readonly string[]>> = { vfat: ['flush'] };

/** What keeps a journal from being brought up to date. */
const AS_IT_IS: Readonly<Record<string, readonly string[]>> = {
  ext3: ['noload'],
  ext4: ['noload'],
  xfs: ['norecovery'],
  btrfs: ['rescue=nologreplay'],
};

/**
 * Mounts a volume: through udisks where it runs, else with mount(8), which takes root.
 *
 * @throws MOUNT_FAILED, MEDIUM_CHANGED when it is gone
 */
export async function mountVolume(
  run: RunProgram,
  { proc }: KernelFolders,
  volume: Volume,
  { readOnly, untouched = false, signal }: MountOptions,
): Promise<SystemMount> {
  const fileSystem = volume.fileSystem?.toLowerCase() ?? 'auto';
  const options = [
    readOnly ? 'ro' : 'rw',
    ...SAFE,
    ...(MORE[fileSystem] ?? []),
    ...(untouched ? (AS_IT_IS[fileSystem] ?? []) : []),
  ];
  const where = async (): Promise<string | undefined> =>
    (await readMounts(proc)).of(volume.number ?? '', volume.node).at(-1)?.path;

  const asked = ['--block-device', volume.node, '--no-user-interaction'];
  const udisks = await run('udisksctl', ['mount', ...asked, '--options', options.join(',')], {
    signal,
  });
  if (udisks.status === 0) {
    const path = await where();
    if (path !== undefined) {
      return {
        path,
        unmount: async () =>
          failUnlessUnmounted(
            await run('udisksctl', ['unmount', ...asked], { patience: PATIENCE }),
            path,
          ),
      };
    }
  }
  if (process.geteuid?.() === 0) return await mountAsRoot(run, volume, options, signal);
  // Somebody's desktop was quicker: then it is mounted, and is not ours to unmount.
  const path = await where();
  if (path !== undefined) return { path, unmount: async () => undefined };
  const why = udisks.status === null ? 'that takes root, or udisks' : reason(udisks);
  throw mediaError('MOUNT_FAILED', `${volume.node} could not be mounted: ${why}`);
}

async function mountAsRoot(
  run: RunProgram,
  { node, fileSystem }: Volume,
  options: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SystemMount> {
  await mkdir(OWN_FOLDER, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(OWN_FOLDER, 'volume-'));
  let last: Ending | null = null;
  for (const [type, more] of waysToMount(fileSystem, options.includes('ro'))) {
    const list = [...options, ...more].join(',');
    const call = ['--types', type, '--options', list, node, path];
    last = await run('mount', call, { signal }).catch(async (cause: unknown) => {
      // It was told to end, and may have been through by then.
      await run('umount', [path]);
      await rmdir(path).catch(() => undefined);
      throw cause;
    });
    if (last.status === 0) {
      return {
        path,
        async unmount() {
          failUnlessUnmounted(await run('umount', [path], { patience: PATIENCE }), path);
          await rmdir(path).catch((cause: unknown) => {
            throw mediaError('MEDIUM_BUSY', `something is still mounted at ${path}`, { cause });
          });
        },
      };
    }
  }
  await rmdir(path);
  throw mediaError('MOUNT_FAILED', `${node} could not be mounted: ${reason(last)}`);
}

/** The kernel's own driver comes first; ntfs-3g also takes an NTFS that was not unmounted in order. */
function waysToMount(
  fileSystem: string | null,
  readOnly: boolean,
): (readonly [type: string, options: readonly string[]])[] {
  const owner = ['uid=0', 'gid=0', 'umask=0077'];
  switch (fileSystem) {
    case 'vfat':
    case 'exfat':
      return [[fileSystem, owner]];
    case 'ntfs':
    case 'ntfs3':
      return [
        ['ntfs3', owner],
        ['ntfs-3g', owner],
      ];
    case 'ext3':
    case 'ext4':
      // A write-protected stick cannot take what its journal still holds.
      return readOnly
        ? [
            [fileSystem, []],
            [fileSystem, ['noload']],
          ]
        : [[fileSystem, []]];
    case null:
      return [['auto', []]];
    default:
      return [[fileSystem, []]];
  }
}

/** Takes away every mount of these volumes, whoever made it. */
export async function unmountVolumes(
  run: RunProgram,
  { proc }: KernelFolders,
  volumes: readonly Volume[],
): Promise<void> {
  const mounts = await readMounts(proc);
  for (const { node, number } of volumes) {
    for (const { path } of mounts.of(number ?? '', node).toReversed()) {
      const ending =
        process.geteuid?.() === 0
          ? await run('umount', [path], { patience: PATIENCE })
          : await run('udisksctl', ['unmount', '--block-device', node, '--no-user-interaction'], {
              patience: PATIENCE,
            });
      failUnlessUnmounted(ending, path);
    }
  }
}

function failUnlessUnmounted(ending: Ending, path: string): void {
  if (ending.status === 0 || /not mounted|NotMounted/i.test(ending.stderr)) return;
  throw mediaError('MEDIUM_BUSY', `${path} could not be unmounted: ${reason(ending)}`);
}

/** The last line of what the program said, without its name and its advice. */
function reason(ending: Ending | null): string {
  const lines = (ending?.stderr ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('dmesg('));
  return (lines.at(0) ?? 'for no reason that it told')
    .replace(/^[\w.]*u?mount[\w.-]*: /, '')
    .replace(/\.$/, '');
}
