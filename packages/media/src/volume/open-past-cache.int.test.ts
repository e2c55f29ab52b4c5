import { randomBytes } from 'node:crypto';
import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';

import { DirectReader } from '@holdfast/age';
import { expect, test } from 'vitest';

import { openLoopMedia } from '../testing/loop-media.ts';
import { openPastCache, openPlainly, type OpenedFile } from './open-past-cache.ts';

const CONTENT = randomBytes(1 << 20);

function read({ fd, direct }: OpenedFile): Uint8Array {
  const into = new Uint8Array(4096);
  if (direct) new DirectReader(4096).readSync(fd, into, 8192);
  else readSync(fd, into, 0, 4096, 8192);
  return into;
}

test.each(['ext4', 'xfs', 'btrfs'] as const)(
  'what is read past the cache is what the medium holds now (%s)',
  async (fileSystem) => {
    await using loop = await openLoopMedia();
    const stick = await loop.addStick({ fileSystem });
    await using mounted = await stick.openMounted();
    {
      await using file = await open(mounted.at('file'), 'w');
      await file.writeFile(CONTENT);
      await file.sync();
    }
    const here = CONTENT.subarray(8192, 8192 + 4096);
    {
      await using same = await openPastCache(mounted.at('file'));
      expect(same.direct).toBe(true);
      expect(read(same)).toEqual(new Uint8Array(here));
    }
    {
      await using remembered = await openPlainly(mounted.at('file'));
      expect(remembered.direct).toBe(false);
      await stick.alter(here);
      expect(read(remembered)).toEqual(new Uint8Array(here));
    }
    await using now = await openPastCache(mounted.at('file'));
    // Its checksums tell btrfs that these are not the bytes that it wrote.
    if (fileSystem === 'btrfs') expect(() => read(now)).toThrow('EIO');
    else expect(read(now)[0]).toBe(here.readUInt8(0) ^ 1);
  },
);

test('what has no blocks below is read plainly, and that is told', async () => {
  await using file = await openPastCache('/proc/self/mountinfo');
  expect(file.direct).toBe(false);
});

test('what is not there is an error of the system as it is', async () => {
  await expect(openPastCache('/nowhere')).rejects.toMatchObject({ code: 'ENOENT' });
});
