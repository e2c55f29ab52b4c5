import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import { aDisk, aPart } from '../../testing/disks.ts';
import { darwinSystem } from './darwin-system.ts';
import { experimentalSystem } from './experimental.ts';
import type { DiskLibrary } from './library.ts';
import { fakePrograms } from './testing/fake-program.ts';
import { askOnMac, recorded } from './testing/recorded.ts';
import { windowsSystem } from './windows-system.ts';

const SILENT: DiskLibrary = {
  blockDevices: async () => [],
  fsSize: async () => [],
  diskLayout: async () => [],
};
const NOTHING = fakePrograms({}).run;
const [medium] = offer([aDisk({ node: '/dev/disk3', parts: [aPart({ node: '/dev/disk3s1' })] })]);
const [volume] = medium!.volumes;

test.each(['darwin', 'win32'] as const)(
  'there is a system for %s, and it can be made anywhere',
  (platform) => {
    expect(Object.keys(experimentalSystem(platform)).toSorted()).toEqual([
      'fingerprint',
      'forgetBlocks',
      'list',
      'mount',
      'powerOff',
      'readsBack',
      'unmount',
    ]);
  },
);

describe('macOS', () => {
  const list = { 'diskutil list': { stdout: '/dev/disk0 (internal, physical):\n' } };

  test('a stick of a real Mac is listed from what the library and diskutil say together', async () => {
    const info = await Promise.all(
      ['core-storage-system.info.txt', 'mac-2017.info.txt'].map(recorded),
    );
    const { blocks, uses } = await askOnMac({ info: info.join('\n**********\n\n') });
    const { run } = fakePrograms({
      'diskutil list': { stdout: await recorded('mac-2017.list.txt') },
    });
    const library = { ...SILENT, blockDevices: async () => blocks, fsSize: async () => uses };
    const media = offer(await darwinSystem(run, library).list());

    expect(media.filter(({ refusal }) => refusal === null).map(({ node }) => node)).toEqual([
      '/dev/disk3',
    ]);
  });

  test('when the library says nothing there are no media, rather than unsafe ones', async () => {
    const system = darwinSystem(fakePrograms(list).run, SILENT);

    await expect(system.list()).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });

  test('a list can be given up', async () => {
    await expect(darwinSystem(NOTHING, SILENT).list(AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  test('what is kept in memory of a mounted volume cannot be dropped', async () => {
    await expect(darwinSystem(NOTHING, SILENT).forgetBlocks(volume!)).rejects.toMatchObject({
      code: 'READ_BACK_IMPOSSIBLE',
    });
  });
});

describe('Windows', () => {
  const system = windowsSystem(NOTHING, SILENT, async () => null);

  test('when the library says nothing there are no media, rather than unsafe ones', async () => {
    await expect(system.list()).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });

  test('nothing pretends that a volume was mounted anew', async () => {
    await expect(system.unmount([volume!])).resolves.toBeUndefined();
    await expect(system.mount(volume!, { readOnly: false })).rejects.toMatchObject({
      code: 'MEDIA_UNSUPPORTED',
    });
    await expect(system.forgetBlocks(volume!)).rejects.toMatchObject({
      code: 'READ_BACK_IMPOSSIBLE',
    });
  });
});
