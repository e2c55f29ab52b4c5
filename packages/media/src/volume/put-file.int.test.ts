import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import {
  mkdir,
  mkdtempDisposable,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { mountTmpfs, remountReadOnly } from '../testing/faults.ts';
import { openLoopMedia, openMountOver, unmountAt, type Stick } from '../testing/loop-media.ts';
import type { Content } from './copy-bytes.ts';
import { openFolder } from './open-folder.ts';
import { openVolume, type OpenVolume } from './open-volume.ts';
import { putFile, type PutOptions } from './put-file.ts';

const MIB = 1 << 20;
/** Three blocks of reading back, the last of them cut short. */
const LARGE = randomBytes(17 * MIB + 17);
/** As much as is written between one look at what goes on and the next, and more. */
const SOME = LARGE.subarray(0, 3 * MIB);
const NAME = 'secret.tar';

async function openContent(bytes: Uint8Array): Promise<Content & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await mkdtempDisposable(join(tmpdir(), 'holdfast-content-')));
  const path = join(dir.path, 'content');
  await writeFile(path, bytes);
  const handle = stack.use(await open(path));
  const held = stack.move();
  return {
    fd: handle.fd,
    size: bytes.length,
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

async function put(
  volume: OpenVolume,
  bytes: Uint8Array,
  options?: PutOptions,
): Promise<ReturnType<typeof putFile>> {
  await using content = await openContent(bytes);
  return await putFile(volume, NAME, content, options);
}

/** What lies in the folder of backups, looked at by somebody else. */
async function foundOn(stick: Stick): Promise<string[]> {
  await using mounted = await stick.openMounted('ro');
  return await readdir(mounted.at('holdfast')).catch(() => []);
}

/** The same volume, with something that happens just before it is forgotten. */
function before(volume: OpenVolume, act: () => Promise<void>): OpenVolume {
  return {
    ...volume,
    get root() {
      return volume.root;
    },
    get folder() {
      return volume.folder;
    },
    async forget() {
      await act();
      return await volume.forget();
    },
  };
}

/** Calls back once, when so much was done in a phase. */
function at(phase: string, act: () => void | Promise<void>, from = 1): PutOptions['onProgress'] {
  let acted = false;
  return (now, done) => {
    if (acted || now !== phase || done < from) return;
    acted = true;
    void act();
  };
}

test.each(['ext4', 'xfs', 'btrfs'] as const)(
  'a file on %s is whole, proven after mounting it anew, and for everybody to read',
  async (fileSystem) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick({ fileSystem });
    const phases: [string, number][] = [];
    {
      await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
      const onProgress: PutOptions['onProgress'] = (...it) => phases.push(it);
      const report = await put(volume, LARGE, { onProgress });
      expect(report).toEqual({ path: join(volume.folder, NAME), proof: 'remounted' });
      expect((await readFile(report.path)).equals(LARGE)).toBe(true);
      expect((await stat(report.path)).mode & 0o777).toBe(0o644);
    }
    expect(await foundOn(stick)).toEqual([NAME]);
    expect(phases.at(-1)).toEqual(['reading back', LARGE.length]);
    expect(phases.map(([phase]) => phase)).toContain('writing');
  },
);

test.each([0, 1, 4095, 4096, 4 * MIB, 4 * MIB + 1])('a file of %i bytes is whole', async (size) => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  const bytes = LARGE.subarray(0, size);
  const { path } = await put(volume, bytes);
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test('on a stick that stays mounted a file is read past the memory of the system', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using _mounted = await stick.openMounted();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  expect(await put(volume, SOME)).toMatchObject({ proof: 'direct' });
});

test('a stick that somebody uses is read past the memory of the system', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await using _user = await open(join(volume.root, 'in-use'), 'w');
  expect(await put(volume, SOME)).toMatchObject({ proof: 'direct' });
  expect((await stat(join(volume.root, 'in-use'))).isFile()).toBe(true);
});

test('what is read of a driver in user space comes from below it, or is no proof', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using _mounted = await stick.openMounted();
  let forgotten = 0;
  const system: typeof loop.system = {
    ...loop.system,
    list: async () =>
      (await loop.system.list()).map((disk) => ({
        ...disk,
        parts: disk.parts.map((part) => ({
          ...part,
          mounts: part.mounts.map((mount) => ({ ...mount, driver: 'fuseblk' })),
        })),
      })),
    async forgetBlocks(volume) {
      if (++forgotten > 1) throw Object.assign(new Error('no'), { code: 'READ_BACK_IMPOSSIBLE' });
      await loop.system.forgetBlocks(volume);
    },
  };
  await using volume = await openVolume(system, await stick.chosen(), { access: 'write' });
  await using content = await openContent(SOME);
  expect(await putFile(volume, 'first', content)).toMatchObject({ proof: 'direct' });
  await expect(putFile(volume, 'second', content)).rejects.toMatchObject({
    code: 'READ_BACK_IMPOSSIBLE',
  });
  expect(await readdir(volume.folder)).toEqual(['first']);
});

test('a file in a folder is only its owner’s', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-folder-'));
  await using volume = await openFolder(dir.path);
  const { path, proof } = await put(volume, SOME);
  expect(path).toBe(join(dir.path, NAME));
  expect(['direct', 'cached']).toContain(proof);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('more than is free is refused before anything is written', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await stick.fill(MIB);
  {
    await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
    const onProgress = (): never => {
      throw new Error('something was written');
    };
    await expect(put(volume, SOME, { onProgress })).rejects.toMatchObject({ code: 'NO_SPACE' });
  }
  expect(await foundOn(stick)).toEqual([]);
});

test('a stick that fills up on the way keeps no part', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  {
    await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
    const onProgress = at('writing', async () => await stick.fill(0), 0);
    const putting = put(volume, SOME, { onProgress });
    await expect(putting).rejects.toMatchObject({ code: 'NO_SPACE' });
  }
  expect(await foundOn(stick)).toEqual([]);
});

test('a stick that became read-only is named so', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await mkdir(volume.folder);
  await remountReadOnly(mounted);
  await expect(put(volume, SOME)).rejects.toMatchObject({ code: 'READ_ONLY' });
  expect(await readdir(volume.folder)).toEqual([]);
});

test('a stick that the kernel gave up before there was a folder on it is lost', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await remountReadOnly(mounted);
  await expect(put(volume, SOME)).rejects.toMatchObject({ code: 'DESTINATION_LOST' });
  expect(await readdir(mounted.path)).toEqual(['lost+found']);
});

test.each(['writing', 'reading back'])(
  'a stick that is pulled while %s is lost, and holds no file by that name, or all of it',
  async (phase) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick({ fileSystem: 'xfs' });
    {
      await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
      const onProgress = at(phase, () => {
        stick.pull();
      });
      const putting = put(volume, LARGE, { onProgress });
      await expect(putting).rejects.toMatchObject({
        code: expect.toBeOneOf(['DESTINATION_LOST', 'MEDIUM_CHANGED']),
      });
    }
    await stick.plug();
    const found = await foundOn(stick);
    expect(found).toEqual(phase === 'writing' ? [expect.stringMatching(/partial$/)] : [NAME]);
  },
);

test.each([
  ['ext4', 'remounted', 'READ_BACK_MISMATCH'],
  ['ext4', 'direct', 'READ_BACK_MISMATCH'],
  ['xfs', 'direct', 'READ_BACK_MISMATCH'],
  // Its checksums tell btrfs that these are not the bytes that it wrote: reading ends with EIO.
  ['btrfs', 'remounted', 'DESTINATION_LOST'],
  ['btrfs', 'direct', 'DESTINATION_LOST'],
] as const)(
  'a medium that returns something else is found out, and the name is gone (%s, %s)',
  async (fileSystem, proof, code) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick({ fileSystem });
    await using resources = new AsyncDisposableStack();
    {
      await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
      await mkdir(volume.folder);
      await writeFile(join(volume.folder, 'former'), 'former');
      if (proof === 'direct') resources.use(await open(join(volume.root, 'in-use'), 'w'));
      const lying = before(
        volume,
        async () => await stick.alter(SOME.subarray(2 * MIB, 2 * MIB + 4096)),
      );
      await expect(put(lying, SOME)).rejects.toMatchObject({ code });
      expect(await readdir(volume.folder)).toEqual(['former']);
      expect(await readFile(join(volume.folder, 'former'), 'utf8')).toBe('former');
      await resources.disposeAsync();
    }
    expect(await foundOn(stick)).toEqual(['former']);
  },
);

test('a name that is taken is refused, and what has it stays', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await mkdir(volume.folder);
  const path = join(volume.folder, NAME);
  const taken = { code: 'DESTINATION_EXISTS' };
  await symlink('/etc/hostname', path);
  await expect(put(volume, SOME)).rejects.toMatchObject(taken);
  await writeFile(join(volume.folder, 'other'), 'theirs');
  const onProgress = at('writing', () => {
    writeFileSync(join(volume.folder, 'second'), '2');
  });
  await using content = await openContent(SOME);
  await expect(putFile(volume, 'second', content, { onProgress })).rejects.toMatchObject(taken);
  expect(await readFile(join(volume.folder, 'second'), 'utf8')).toBe('2');
  expect((await readdir(volume.folder)).toSorted()).toEqual(['other', 'second', NAME].toSorted());
});

test.each(['before', 'writing', 'reading back'])(
  'nothing is left when it is cancelled (%s)',
  async (phase) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick();
    const abort = new AbortController();
    {
      await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
      const onProgress = at(phase, () => {
        abort.abort();
      });
      if (phase === 'before') abort.abort();
      const putting = put(volume, LARGE, { signal: abort.signal, onProgress });
      await expect(putting).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(await readdir(volume.folder)).toEqual([]);
    }
    expect(await foundOn(stick)).toEqual([]);
  },
);

test('cancelling just before reading back leaves nothing, and nothing that reads on', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  const abort = new AbortController();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  const cancelling = before(volume, async () => abort.abort());
  const putting = put(cancelling, SOME, { signal: abort.signal });
  await expect(putting).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await readdir(volume.folder)).toEqual([]);
});

test('after a volume was unmounted behind our back nothing is written to the host', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await unmountAt(mounted.path);
  await expect(put(volume, SOME)).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  expect(await readdir(mounted.path)).toEqual([]);
});

test.each([0, 1])(
  'a volume that is unmounted while we write costs the host nothing (at check %i)',
  async (check) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick();
    await using mounted = await stick.openMounted();
    await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
    let count = 0;
    const leaving = async (): Promise<void> => {
      if (count++ !== check) return;
      await unmountAt(mounted.path);
      // What lies there now is the host's own.
      await mkdir(mounted.at('holdfast'), { recursive: true });
      await writeFile(mounted.at(`holdfast/${NAME}`), 'of the host');
    };
    const left = {
      ...before(volume, leaving),
      async assertPresent() {
        await volume.assertPresent();
        await leaving();
      },
    };
    await expect(put(left, SOME)).rejects.toMatchObject({ code: expect.any(String) });
    expect(await readdir(mounted.at('holdfast'))).toEqual([NAME]);
    expect(await readFile(mounted.at(`holdfast/${NAME}`), 'utf8')).toBe('of the host');
  },
);

test('what is mounted over a volume is not written to', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using mounted = await stick.openMounted();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await using _over = await openMountOver(mounted.path);
  await expect(put(volume, SOME)).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  expect(await readdir(mounted.path)).toEqual([]);
});

test('a folder of backups that leads off the stick is not written to', async () => {
  await using loop = await openLoopMedia();
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-elsewhere-'));
  const stick = await loop.addStick();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await symlink(dir.path, volume.folder);
  const before = await stat(dir.path, { bigint: true });
  await expect(put(volume, SOME)).rejects.toMatchObject({ code: 'MEDIUM_CHANGED' });
  expect(await readdir(dir.path)).toEqual([]);
  expect((await stat(dir.path, { bigint: true })).mtimeNs).toBe(before.mtimeNs);
});

test('a folder of backups that is something else is refused, and stays', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  await writeFile(volume.folder, 'not a folder');
  await expect(put(volume, SOME)).rejects.toMatchObject({
    code: expect.toBeOneOf(['DESTINATION_EXISTS', 'DESTINATION_INVALID']),
  });
  expect(await readFile(volume.folder, 'utf8')).toBe('not a folder');
});

test('a folder that cannot be read past the memory of the system is said to be', async () => {
  await using memory = await mountTmpfs('size=32m');
  await using volume = await openFolder(memory.path);
  const { proof } = await put(volume, SOME);
  // Newer kernels read even what lies in memory directly.
  expect(['direct', 'cached']).toContain(proof);
});

test('whoever holds a stick may look at it, whatever mask it was written under', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick();
  await using volume = await openVolume(loop.system, await stick.chosen(), { access: 'write' });
  const mask = process.umask(0o077);
  try {
    const { path } = await put(volume, SOME);
    expect((await stat(volume.folder)).mode & 0o777).toBe(0o755);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  } finally {
    process.umask(mask);
  }
});
