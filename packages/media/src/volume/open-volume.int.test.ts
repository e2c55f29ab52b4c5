import { access, mkdtempDisposable, open, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { removableMedia } from '../media.ts';
import { asNobody } from '../testing/faults.ts';
import {
  openLoopMedia,
  openMountOver,
  unmountAt,
  type LoopMedia,
  type Stick,
} from '../testing/loop-media.ts';
import { openVolume, type OpenVolume } from './open-volume.ts';

async function openStick(
  { system }: LoopMedia,
  stick: Stick,
  options: Partial<Parameters<typeof openVolume>[2]> = {},
): Promise<OpenVolume> {
  return await openVolume(system, await stick.chosen(), { access: 'write', ...options });
}

const isThere = async (path: string): Promise<boolean> =>
  await access(path).then(
    () => true,
    () => false,
  );

test.each(['ext4', 'xfs', 'btrfs'] as const)(
  'an unmounted %s is mounted for as long as it is held, and nothing of that stays',
  async (fileSystem) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick({ fileSystem });
    let root: string;
    {
      await using volume = await openStick(loop, stick);
      root = volume.root;
      await writeFile(join(root, 'file'), 'content');
      await volume.assertPresent();
      await volume.assertOnIt(join(root, 'file'));
      expect(volume.folder).toBe(join(root, 'holdfast'));
      expect(stick.mounts()).toMatchObject([{ path: root }]);
    }
    expect(stick.mounts()).toEqual([]);
    expect(await isThere(root)).toBe(false);
    await using again = await openStick(loop, stick, { access: 'read' });
    expect(await readdir(again.root)).toContain('file');
  },
);

test('nothing on a mounted stick runs, is a device or changes who one is', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  {
    await using _written = await openStick(loop, stick);
    const [mount] = stick.mounts();
    expect(mount?.options).toEqual(expect.arrayContaining(['rw', 'nosuid', 'nodev', 'noexec']));
  }
  await using _read = await openStick(loop, stick, { access: 'read' });
  const [mount] = stick.mounts();
  expect(mount?.options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']));
});

test('nobody but root looks into what we mounted', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openStick(loop, stick);
  await expect(asNobody(async () => await readdir(volume.root))).rejects.toMatchObject({
    code: 'EACCES',
  });
});

test('a stick that somebody has mounted is used there, and stays mounted', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  {
    await using volume = await openStick(loop, stick);
    expect(volume.root).toBe(mounted.path);
    expect(await volume.forget()).toBe(false);
    expect(volume.root).toBe(mounted.path);
  }
  expect(stick.mounts()).toMatchObject([{ path: mounted.path }]);
});

test('what we mounted is forgotten by mounting it anew', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openStick(loop, stick);
  const before = volume.root;
  expect(await volume.forget()).toBe(true);
  expect(await isThere(before)).toBe(false);
  await volume.assertPresent();
  expect(stick.mounts()).toMatchObject([{ path: volume.root }]);
});

test('what somebody mounted may be mounted anew when it is to be ejected in the end', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  {
    await using volume = await openStick(loop, stick, { mayUnmount: true });
    expect(await volume.forget()).toBe(true);
    expect(volume.root).not.toBe(mounted.path);
  }
  expect(stick.mounts()).toEqual([]);
});

test.each([true, false])(
  'a stick that somebody uses stays mounted when it should be forgotten (mounted by them: %s)',
  async (byThem) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick();
    await using resources = new AsyncDisposableStack();
    if (byThem) resources.use(await stick.openMounted());
    await using volume = await openStick(loop, stick, { mayUnmount: true });
    {
      await using _user = await open(join(volume.root, 'in-use'), 'w');
      expect(await volume.forget()).toBe(false);
      await volume.assertPresent();
    }
  },
);

test('who cannot unmount what somebody uses says so', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  const opened = await stick.chosen();
  await using user = new AsyncDisposableStack();
  const holding = (async () => {
    await using volume = await openVolume(loop.system, opened, { access: 'write' });
    user.use(await open(join(volume.root, 'in-use'), 'w'));
  })();
  await expect(holding).rejects.toMatchObject({ code: 'MEDIUM_BUSY' });
  expect(stick.mounts()).toHaveLength(1);
});

test('a stick that was swapped between choice and opening is not touched', async () => {
  await using loop = await openLoopMedia();
  const chosen = await (await loop.addStick()).chosen();
  const [first] = await loop.system.list();
  for (const change of [
    { sequence: 'another' },
    { node: '/dev/sdx' },
    { parts: [{ ...first!.parts[0]!, uuid: 'another' }] },
    { parts: [{ ...first!.parts[0]!, size: 1 }] },
    { parts: [] },
  ]) {
    const system = { ...loop.system, list: async () => [{ ...first!, ...change }] };
    await expect(openVolume(system, chosen, { access: 'write' })).rejects.toMatchObject({
      code: 'MEDIUM_CHANGED',
    });
  }
});

test('a stick that went, or came back, since it was chosen is another one', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  const chosen = await stick.chosen();
  await stick.replug();
  const changed = { code: 'MEDIUM_CHANGED' };
  await expect(openVolume(loop.system, chosen, { access: 'write' })).rejects.toMatchObject(changed);
  await stick.unplug();
  await expect(openVolume(loop.system, chosen, { access: 'read' })).rejects.toMatchObject(changed);
  expect(stick.mounts()).toEqual([]);
});

test('a stick that goes while it is held is noticed', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick({ fileSystem: 'xfs' });
  await using volume = await openStick(loop, stick);
  await stick.unplug();
  await expect(volume.assertPresent()).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
});

test('what is not offered for writing is not opened for it, and may be read', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick({ label: 'ARCHIVE' });
  for (const name of [stick.label, stick.uuid, stick.uuid.toUpperCase(), stick.serial!]) {
    const isProtected = [name];
    await expect(openStick(loop, stick, { isProtected })).rejects.toMatchObject({
      code: 'MEDIUM_REFUSED',
    });
    await using _read = await openStick(loop, stick, { isProtected, access: 'read' });
  }
  await stick.setReadOnly(true);
  await expect(openStick(loop, stick)).rejects.toMatchObject({ code: 'MEDIUM_REFUSED' });
  await using volume = await openStick(loop, stick, { access: 'read' });
  expect(await readdir(volume.root)).toEqual(['lost+found']);
});

test('a stick that the system came to live on since it was chosen is refused', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  const chosen = await stick.chosen();
  const [first] = await loop.system.list();
  const mounts = [{ path: '/boot', readOnly: false, driver: 'ext4' }];
  const list = async () => [{ ...first!, parts: [{ ...first!.parts[0]!, mounts }] }];
  await expect(
    openVolume({ ...loop.system, list }, chosen, { access: 'read' }),
  ).rejects.toMatchObject({ code: 'MEDIUM_REFUSED' });
});

test('a mount that another one hides is not used', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using _over = await openMountOver(mounted.path);
  await expect(openStick(loop, stick)).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  expect(stick.mounts()).toHaveLength(1);
});

test('when something else was mounted than was meant, it is unmounted again', async () => {
  await using loop = await openLoopMedia();
  const [meant, other] = [await loop.addStick(), await loop.addStick()];
  const wrong = (await other.chosen()).volume;
  const mount: typeof loop.system.mount = async (_volume, options) =>
    await loop.system.mount(wrong, options);
  const chosen = await meant.chosen();
  await expect(
    openVolume({ ...loop.system, mount }, chosen, { access: 'write' }),
  ).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  expect(other.mounts()).toEqual([]);
});

test('a volume that is unmounted behind our back is noticed, and closing it is no error', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openStick(loop, stick);
  await unmountAt(volume.root);
  await expect(volume.assertPresent()).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  await expect(volume.assertOnIt(volume.root)).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
});

test('something that is mounted over a volume is noticed, and stays', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using volume = await openStick(loop, stick);
  await using _over = await openMountOver(mounted.path);
  await expect(volume.assertPresent()).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
});

test('what we mounted and somebody mounted over is noticed, and said to be in use', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  const chosen = await stick.chosen();
  let noticed: unknown;
  const holding = (async () => {
    await using over = new AsyncDisposableStack();
    await using volume = await openVolume(loop.system, chosen, { access: 'write' });
    over.use(await openMountOver(volume.root));
    noticed = await volume.assertPresent().catch((cause: unknown) => cause);
  })();
  await expect(holding).rejects.toMatchObject({ code: 'MEDIUM_BUSY' });
  expect(noticed).toMatchObject({ code: 'MEDIUM_CHANGED' });
});

test('a file on another file system is told from one on the volume', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openStick(loop, stick);
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-elsewhere-'));
  for (const path of [dir.path, '/proc', join(volume.root, 'nothing')]) {
    await expect(volume.assertOnIt(path)).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  }
});

test('what has no file system that mounts fails as that, and leaves no folder', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await writeFile(stick.image, Buffer.alloc(1 << 20));
  await expect(openStick(loop, stick)).rejects.toMatchObject({ code: 'MOUNT_FAILED' });
  expect(stick.mounts()).toEqual([]);
});

test('ejecting takes every mount away and switches it off', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using _mounted = await stick.openMounted();
  await using _again = await stick.openMounted();
  {
    await using volume = await openStick(loop, stick);
    await volume.eject();
  }
  expect(await loop.system.list()).toEqual([]);
  expect(stick.mounts()).toEqual([]);
});

test('ejecting what we mounted needs no help', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openStick(loop, stick);
  await volume.eject();
  expect(await loop.system.list()).toEqual([]);
  expect(await isThere(volume.root)).toBe(false);
});

test('what somebody uses is not ejected, and stays as it is', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using _user = await open(mounted.at('in-use'), 'w');
  await using volume = await openStick(loop, stick);
  await expect(volume.eject()).rejects.toMatchObject({ code: 'MEDIUM_BUSY' });
  const media = removableMedia({ system: loop.system });
  const [medium] = await media.list();
  await expect(media.eject(medium!)).rejects.toMatchObject({ code: 'MEDIUM_BUSY' });
  expect(stick.mounts()).toMatchObject([{ path: mounted.path }]);
});

test('what came under the name of a medium is not ejected for it', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  const media = removableMedia({ system: loop.system });
  const [former] = await media.list();
  await using volume = await openStick(loop, stick);
  await stick.replug();
  const changed = { code: 'MEDIUM_CHANGED' };
  await expect(volume.eject()).rejects.toMatchObject(changed);
  await expect(media.eject(former!)).rejects.toMatchObject(changed);
  expect(await loop.system.list()).toHaveLength(1);
});

test('what the system lives on is not ejected', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  const [disk] = await loop.system.list();
  const mounts = [{ path: '/boot', readOnly: false, driver: 'ext4' }];
  const list = async () => [{ ...disk!, parts: [{ ...disk!.parts[0]!, mounts }] }];
  const media = removableMedia({ system: { ...loop.system, list } });
  const [medium] = await media.list();
  await expect(media.eject(medium!)).rejects.toMatchObject({ code: 'MEDIUM_REFUSED' });
  expect(stick.mounts()).toMatchObject([{ path: mounted.path }]);
});
