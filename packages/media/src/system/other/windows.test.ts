import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import type { Medium } from '../../ports.ts';
import type { Block, Drive } from './library.ts';
import { windowsBlock, windowsDrive } from './testing/blocks.ts';
import { windowsDisks } from './windows.ts';

describe('by hand', () => {
  const c = windowsBlock({ name: 'C:', device: '\\\\.\\PHYSICALDRIVE0' });
  const ssd = windowsDrive({
    device: '\\\\.\\PHYSICALDRIVE0',
    interfaceType: 'NVMe',
    name: 'Fast',
  });
  const onWindows = (
    blocks: readonly Block[],
    drives: readonly Drive[],
    systemDrive = 'C:',
  ): Medium[] => offer(windowsDisks({ blocks, drives, uses: [], systemDrive }));

  test('a USB disk that counts as a fixed one is offered', () => {
    const [, disk] = onWindows(
      [c, windowsBlock({ name: 'F:', device: '\\\\.\\PHYSICALDRIVE1' })],
      [ssd, windowsDrive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType: 'USB', name: 'T7' })],
    );

    expect(disk).toMatchObject({ bus: 'usb', refusal: null, volumes: [{ node: 'F:' }] });
  });

  test('two sticks that are alike are both offered', () => {
    const name = 'SanDisk Cruzer USB Device';
    const [, one, other] = onWindows(
      [
        c,
        windowsBlock({ name: 'E:', device: '\\\\.\\PHYSICALDRIVE1', removable: true }),
        windowsBlock({ name: 'F:', device: '\\\\.\\PHYSICALDRIVE2', removable: true }),
      ],
      [
        ssd,
        windowsDrive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType: 'USB', name }),
        windowsDrive({ device: '\\\\.\\PHYSICALDRIVE2', interfaceType: 'USB', name }),
      ],
    );

    expect(one?.refusal).toBeNull();
    expect(other?.refusal).toBeNull();
  });

  test('a USB disk that Windows was started from is not offered, whatever its letter', () => {
    const usb = windowsDrive({ device: '\\\\.\\PHYSICALDRIVE0', interfaceType: 'USB', name: 'T7' });
    expect(onWindows([c], [usb])[0]?.refusal).toMatchObject({ code: 'system' });

    const d = windowsBlock({ name: 'D:', device: '\\\\.\\PHYSICALDRIVE0' });
    expect(onWindows([d], [usb], 'D:')[0]?.refusal).toMatchObject({ code: 'in-use' });
  });

  test('when it is not known what disk Windows is on, nothing is offered', () => {
    const media = onWindows(
      [
        windowsBlock({ name: 'C:' }),
        windowsBlock({ name: 'E:', device: '\\\\.\\PHYSICALDRIVE1', removable: true }),
      ],
      [
        ssd,
        windowsDrive({
          device: '\\\\.\\PHYSICALDRIVE1',
          interfaceType: 'USB',
          name: 'x USB Device',
        }),
      ],
    );

    expect(media.map(({ refusal }) => refusal?.code)).toEqual(['built-in', 'built-in', 'built-in']);
  });

  test.each([
    ['SD', true, 'null'],
    ['SD', false, 'built-in'],
    ['SATA', true, 'built-in'],
    ['File Backed Virtual', false, 'built-in'],
  ])('what is on %s, removable: %s, has the refusal %s', (interfaceType, removable, refusal) => {
    const [, disk] = onWindows(
      [c, windowsBlock({ name: 'E:', device: '\\\\.\\PHYSICALDRIVE1', removable })],
      [ssd, windowsDrive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType, name: 'Generic SD' })],
    );

    expect(disk?.refusal?.code ?? 'null').toBe(refusal);
  });

  test('a network drive is no disk', () => {
    const media = onWindows([c, windowsBlock({ name: 'Z:', physical: 'Network' })], [ssd]);

    expect(media.map(({ node }) => node)).toEqual(['\\\\.\\PHYSICALDRIVE0']);
  });

  test('a disc is not offered', () => {
    const [, disc] = onWindows(
      [c, windowsBlock({ name: 'D:', physical: 'CD/DVD', fsType: 'cdfs' })],
      [ssd],
    );

    expect(disc).toMatchObject({ node: 'D:', refusal: { code: 'optical' } });
  });

  test('an empty card reader is not offered', () => {
    const [, reader] = onWindows(
      [c, windowsBlock({ name: 'E:', removable: true, fsType: '', size: '' })],
      [ssd],
    );

    expect(reader).toMatchObject({ size: 0, refusal: { code: 'built-in' } });
  });

  test('the serial number of a FAT is written as Linux writes it, so that one list protects it everywhere', () => {
    const uuidOf = (fsType: string): string | null | undefined =>
      onWindows([{ ...c, fsType, uuid: '1A2B3C4D' }], [ssd])[0]?.volumes[0]?.uuid;

    expect(uuidOf('fat32')).toBe('1A2B-3C4D');
    expect(uuidOf('exfat')).toBe('1A2B-3C4D');
    expect(uuidOf('ntfs')).toBe('1A2B3C4D');
  });
});
