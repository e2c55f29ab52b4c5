import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import { aDisk, aPart } from '../../testing/disks.ts';
import { ejectDisk, listDisks, mountVolume, unmountVolumes } from './diskutil.ts';
import { fakePrograms } from './testing/fake-program.ts';
import { recorded } from './testing/recorded.ts';

const [medium] = offer([
  aDisk({
    node: '/dev/disk3',
    parts: [aPart({ node: '/dev/disk3s1' }), aPart({ node: '/dev/disk3s2', fileSystem: null })],
  }),
]);
const [volume] = medium!.volumes;

const NOT_MOUNTED = { stdout: '   Mounted:                   No\n' };
const SAFELY = 'diskutil mount -mountOptions nosuid,nodev,noexec /dev/disk3s1';

describe('listing', () => {
  test('what a real Mac printed is read', async () => {
    const { run } = fakePrograms({
      'diskutil list': { stdout: await recorded('mac-2017.list.txt') },
    });

    expect(await listDisks(run)).toHaveLength(4);
  });

  test.each([
    { status: null, stderr: 'spawn diskutil ENOENT' },
    { status: 0, stdout: 'something else\n' },
  ])('without a list there are no media, rather than unsafe ones: %j', async (ending) => {
    const { run } = fakePrograms({ 'diskutil list': ending });

    await expect(listDisks(run)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });
});

describe('mounting, by hand except for what is said', () => {
  test('nothing on the volume may run, and where it is comes from its description, a real one', async () => {
    const info = await recorded('mac-2017.info.txt');
    const descriptions = [NOT_MOUNTED, { stdout: info }];
    const { run, ran } = fakePrograms({ [SAFELY]: {} });
    const mounted = await mountVolume(
      async (program, args, options) =>
        args[0] === 'info'
          ? { status: 0, stdout: '', stderr: '', ...descriptions.shift() }
          : await run(program, args, options),
      volume!,
      { readOnly: false },
    );

    expect(mounted.path).toBe('/Volumes/yhy');
    expect(ran).toEqual([SAFELY]);
  });

  test('what is mounted already stays mounted when we are done', async () => {
    const { run, ran } = fakePrograms({
      'diskutil info /dev/disk3s1': { stdout: await recorded('mac-2017.info.txt') },
    });
    const mounted = await mountVolume(run, volume!, { readOnly: true });
    await mounted.unmount();

    expect(mounted.path).toBe('/Volumes/yhy');
    expect(ran).toEqual(['diskutil info /dev/disk3s1']);
  });

  test('a diskutil without mount options mounts plainly, and read-only when that was asked for', async () => {
    const { run, ran } = fakePrograms({
      'diskutil info /dev/disk3s1': NOT_MOUNTED,
      'diskutil mount readOnly -mountOptions': { status: 1, stderr: 'usage' },
      'diskutil mount readOnly /dev/disk3s1': {
        status: 1,
        stdout: 'Volume on disk3s1 failed to mount\n',
      },
    });

    await expect(mountVolume(run, volume!, { readOnly: true })).rejects.toMatchObject({
      code: 'MOUNT_FAILED',
      message: '/dev/disk3s1 could not be mounted: Volume on disk3s1 failed to mount',
    });
    expect(ran.at(-1)).toBe('diskutil mount readOnly /dev/disk3s1');
  });
});

describe('taking away', () => {
  test('only volumes with a file system are unmounted', async () => {
    const { run, ran } = fakePrograms({ 'diskutil unmount': {} });
    await unmountVolumes(run, medium!.volumes);

    expect(ran).toEqual(['diskutil unmount /dev/disk3s1']);
  });

  test('a volume that is not mounted is no failure (by hand)', async () => {
    const { run } = fakePrograms({
      'diskutil unmount': { status: 1, stderr: 'disk3s1 was already unmounted\n' },
    });

    await expect(unmountVolumes(run, [volume!])).resolves.toBeUndefined();
  });

  test('a volume in use is busy, and who uses it is said, as a real Mac said it of ejecting', async () => {
    const said = await recorded('eject-refused.txt');
    const { run } = fakePrograms({
      'diskutil unmount': { status: 1, stderr: said },
      'diskutil eject': { status: 1, stderr: said },
    });

    await expect(unmountVolumes(run, [volume!])).rejects.toMatchObject({ code: 'MEDIUM_BUSY' });
    await expect(ejectDisk(run, medium!)).rejects.toMatchObject({
      code: 'MEDIUM_BUSY',
      message: expect.stringContaining('dissented by PID 9572'),
    });
  });

  test('ejecting takes the whole disk', async () => {
    const { run, ran } = fakePrograms({ 'diskutil eject': {} });
    await ejectDisk(run, medium!);

    expect(ran).toEqual(['diskutil eject /dev/disk3']);
  });

  test('another failure is said to be one (by hand)', async () => {
    const { run } = fakePrograms({ 'diskutil eject': { status: 1 } });

    await expect(ejectDisk(run, medium!)).rejects.toMatchObject({
      code: 'EJECT_FAILED',
      message: '/dev/disk3 could not be ejected: for no reason that it told',
    });
  });
});
