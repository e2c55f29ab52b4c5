import { readFile, stat } from 'node:fs/promises';

import { afterEach, expect, test, vi } from 'vitest';

import { offer } from '../../offer.ts';
import type { Volume } from '../../ports.ts';
import { aDisk, aPart } from '../../testing/disks.ts';
import { openLoopMedia } from '../../testing/loop-media.ts';
import { openVolume } from '../../volume/open-volume.ts';
import type { Ending, RunProgram } from '../program.ts';
import { mountVolume, unmountVolumes } from './mount.ts';
import { openKernelTree } from './sysfs.fixture.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function asUser(id: number): void {
  vi.spyOn(process, 'geteuid').mockReturnValue(id);
}

type Answer = Partial<Ending> | Error | undefined;

/** Answers each call as a test says, with a failure by default, and remembers it. */
function programs(answer: (call: readonly string[]) => Answer | Promise<Answer>): {
  run: RunProgram;
  calls: string[];
} {
  const calls: string[] = [];
  return {
    calls,
    async run(program, args) {
      calls.push([program, ...args].join(' '));
      const ending = await answer([program, ...args]);
      if (ending instanceof Error) throw ending;
      return { status: 1, stdout: '', stderr: '', ...ending };
    },
  };
}

function volumeOf(fileSystem: string | null = 'vfat'): Volume {
  const [medium] = offer([aDisk({ parts: [aPart({ fileSystem })] })]);
  return medium!.volumes[0]!;
}

const MOUNTED = '40 1 8:17 / /media/alice/BLACK rw - vfat /dev/sdb1 rw\n';
const asked = '--block-device /dev/sdb1 --no-user-interaction';

test('udisks mounts where it runs, with options that let nothing run, and unmounts', async () => {
  await using tree = await openKernelTree();
  const { run, calls } = programs(async () => {
    await tree.tell('self/mountinfo', MOUNTED);
    return { status: 0 };
  });
  const mount = await mountVolume(run, tree, volumeOf(), { readOnly: false });
  expect(mount.path).toBe('/media/alice/BLACK');
  await mount.unmount();
  expect(calls).toEqual([
    `udisksctl mount ${asked} --options rw,nosuid,nodev,noexec,flush`,
    `udisksctl unmount ${asked}`,
  ]);
});

test('what a desktop mounted while we were about to is used, and stays', async () => {
  asUser(1000);
  await using tree = await openKernelTree();
  const { run, calls } = programs(async () => {
    await tree.tell('self/mountinfo', MOUNTED);
    return { stderr: 'Error mounting /dev/sdb1: AlreadyMounted' };
  });
  const mount = await mountVolume(run, tree, volumeOf(), { readOnly: true });
  expect(mount.path).toBe('/media/alice/BLACK');
  await mount.unmount();
  expect(calls).toHaveLength(1);
});

test('whom nobody mounts for is told so', async () => {
  asUser(1000);
  await using tree = await openKernelTree();
  const { run } = programs(() => ({ stderr: 'Error: not authorized' }));
  await expect(mountVolume(run, tree, volumeOf(), { readOnly: true })).rejects.toMatchObject({
    code: 'MOUNT_FAILED',
  });
});

/** Whether the folder that it was to be mounted at is still there. */
async function isLeft(calls: readonly string[]): Promise<boolean> {
  const path = /\/run\/holdfast\/volume-\w+$/.exec(calls.at(-1) ?? '')?.[0];
  expect(path).toBeDefined();
  return await stat(path ?? '').then(
    () => true,
    () => false,
  );
}

test.each([
  ['vfat', false, ['vfat rw,nosuid,nodev,noexec,flush,uid=0,gid=0,umask=0077']],
  ['exfat', false, ['exfat rw,nosuid,nodev,noexec,uid=0,gid=0,umask=0077']],
  [
    'ntfs',
    false,
    [
      'ntfs3 rw,nosuid,nodev,noexec,uid=0,gid=0,umask=0077',
      'ntfs-3g rw,nosuid,nodev,noexec,uid=0,gid=0,umask=0077',
    ],
  ],
  ['ext4', false, ['ext4 rw,nosuid,nodev,noexec']],
  ['ext4', true, ['ext4 ro,nosuid,nodev,noexec', 'ext4 ro,nosuid,nodev,noexec,noload']],
  ['xfs', true, ['xfs ro,nosuid,nodev,noexec']],
])('root tries to mount %s (read-only: %s) in every way there is', async (type, readOnly, ways) => {
  asUser(0);
  await using tree = await openKernelTree();
  const { run, calls } = programs(() => ({ stderr: 'mount: /x: wrong fs type.' }));
  await expect(mountVolume(run, tree, volumeOf(type), { readOnly })).rejects.toMatchObject({
    code: 'MOUNT_FAILED',
  });
  const tried = calls.slice(1).map((call) => / --types (\S+) --options (\S+) /.exec(call));
  expect(tried.map((it) => `${it?.[1] ?? ''} ${it?.[2] ?? ''}`)).toEqual(ways);
  expect(await isLeft(calls)).toBe(false);
});

test('who cancels while it is mounted finds nothing mounted, and no folder', async () => {
  asUser(0);
  await using tree = await openKernelTree();
  const { run, calls } = programs(([program]) =>
    program === 'mount' ? Object.assign(new Error('cancelled'), { code: 'CANCELLED' }) : undefined,
  );
  await expect(mountVolume(run, tree, volumeOf(), { readOnly: false })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(calls.at(-1)).toMatch(/^umount \/run\/holdfast\/volume-/);
  expect(await isLeft(calls)).toBe(false);
});

const TWICE =
  '40 1 8:17 / /media/one rw - vfat /dev/sdb1 rw\n' +
  '41 1 8:17 / /media/two rw - vfat /dev/sdb1 rw\n' +
  '42 1 8:33 / /media/other rw - vfat /dev/sdc1 rw\n';

test('all mounts of a volume are taken away, the last one first, and no others', async () => {
  asUser(0);
  await using tree = await openKernelTree();
  await tree.tell('self/mountinfo', TWICE);
  const { run, calls } = programs(() => ({ status: 0 }));
  await unmountVolumes(run, tree, [volumeOf()]);
  expect(calls).toEqual(['umount /media/two', 'umount /media/one']);
});

test('whoever is not root has udisks unmount', async () => {
  asUser(1000);
  await using tree = await openKernelTree();
  await tree.tell('self/mountinfo', MOUNTED);
  const { run, calls } = programs(() => ({ status: 0 }));
  await unmountVolumes(run, tree, [volumeOf()]);
  expect(calls).toEqual([`udisksctl unmount ${asked}`]);
});

test('what is in use stays, and what somebody else unmounted is no failure', async () => {
  asUser(0);
  await using tree = await openKernelTree();
  await tree.tell('self/mountinfo', MOUNTED);
  const busy = programs(() => ({ stderr: 'umount: /media/alice/BLACK: target is busy.' }));
  await expect(unmountVolumes(busy.run, tree, [volumeOf()])).rejects.toMatchObject({
    code: 'MEDIUM_BUSY',
  });
  const gone = programs(() => ({ stderr: 'umount: /media/alice/BLACK: not mounted.' }));
  await unmountVolumes(gone.run, tree, [volumeOf()]);
});

test.each([
  ['ext4', 'noload'],
  ['xfs', 'norecovery'],
  ['btrfs', 'rescue=nologreplay'],
])('an untouched %s does not even have its journal replayed', async (fileSystem, option) => {
  await using tree = await openKernelTree();
  const { run, calls } = programs(() => undefined);
  const options = { readOnly: true, untouched: true };
  const mounting = mountVolume(run, tree, volumeOf(fileSystem), options);
  await expect(mounting).rejects.toMatchObject({ code: 'MOUNT_FAILED' });
  const mounts = calls.filter((call) => / (?:mount|--types) /.test(call));
  expect(mounts.length).toBeGreaterThan(1);
  for (const call of mounts) expect(call).toContain(`ro,nosuid,nodev,noexec,${option}`);
});

test('a protected stick is read without its journal being replayed', async () => {
  await using media = await openLoopMedia();
  const stick = await media.addStick();
  const chosen = await stick.chosen();
  const isProtected = [chosen.volume.label ?? chosen.volume.uuid ?? ''];
  await using volume = await openVolume(media.system, chosen, { access: 'read', isProtected });
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const line = table.split('\n').find((it) => it.includes(` ${volume.root} `));
  expect(line).toMatch(/norecovery|noload/);
});
