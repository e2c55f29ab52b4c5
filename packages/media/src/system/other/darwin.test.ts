import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import type { Medium } from '../../ports.ts';
import { parseDiskutilList } from './diskutil-list.ts';
import { darwinDisks } from './darwin.ts';
import type { Block } from './library.ts';
import { macBlock } from './testing/blocks.ts';
import { recorded } from './testing/recorded.ts';

describe('by hand', () => {
  const internal = [
    '/dev/disk0 (internal, physical):',
    '   #:                       TYPE NAME                    SIZE       IDENTIFIER',
    '   2:                  Apple_HFS Macintosh HD            119.2 GB   disk0s2',
    '',
  ].join('\n');
  const root = macBlock({ identifier: 'disk0s2', mount: '/', protocol: 'SATA' });
  const onMac = (list: string, blocks: readonly Block[]): Medium[] =>
    offer(darwinDisks({ blocks, uses: [], listed: parseDiskutilList(list), sequences: new Map() }));

  test('the volumes of an APFS container are those of the disk that it is on', async () => {
    const list = internal + (await recorded('external-ssd.list.txt'));
    const [, disk, ...more] = onMac(list, [
      root,
      macBlock({ identifier: 'disk2', protocol: 'USB', size: 1e12 }),
      macBlock({ identifier: 'disk2s1', fsType: 'MS-DOS FAT32', label: 'EFI', protocol: 'USB' }),
      macBlock({ identifier: 'disk2s2', protocol: 'USB' }),
      macBlock({ identifier: 'disk3s1', fsType: 'APFS', label: 'ExtSSD', protocol: 'USB' }),
    ]);

    expect(more).toEqual([]);
    expect(disk).toMatchObject({ node: '/dev/disk2', refusal: null });
    expect(disk?.volumes.map(({ node, label }) => [node, label])).toEqual([
      ['/dev/disk3s1', 'ExtSSD'],
    ]);
  });

  test('a USB disk that the Mac was started from is not offered', async () => {
    const list = internal + (await recorded('external-ssd.list.txt'));
    const [, disk] = onMac(list, [
      macBlock({ identifier: 'disk2', protocol: 'USB', size: 1e12 }),
      macBlock({ identifier: 'disk3s1', fsType: 'APFS', protocol: 'USB' }),
      macBlock({ identifier: 'disk3s1s1', fsType: 'APFS', mount: '/', protocol: 'USB' }),
    ]);

    expect(disk?.refusal).toMatchObject({ code: 'system' });
  });

  test('when it is not known what disk the system’s container is on, nothing is offered', () => {
    const list = [
      '/dev/disk1 (synthesized):',
      '/dev/disk2 (external, physical):',
      '   1:                 DOS_FAT_32 STICK                   31.9 GB    disk2s1',
    ].join('\n');
    const found = onMac(list, [
      macBlock({ identifier: 'disk1s1', mount: '/', fsType: 'APFS' }),
      macBlock({ identifier: 'disk2s1', fsType: 'MS-DOS FAT32', protocol: 'USB', size: 1e9 }),
    ]);

    expect(found.map(({ refusal }) => refusal?.code)).toEqual(['built-in', 'built-in']);
  });

  test.each([
    ['external', 'SATA', 'null'],
    ['external', 'PCI-Express', 'null'],
    ['internal', 'Secure Digital', 'null'],
    ['internal', 'SATA', 'built-in'],
    ['internal', 'PCI-Express', 'built-in'],
    ['internal', 'Apple Fabric', 'built-in'],
    ['external', 'Fibre Channel Interface', 'built-in'],
    ['external', 'Disk Image', 'built-in'],
    ['external', '', 'built-in'],
  ])('what is %s on %j has the refusal %s', (location, protocol, refusal) => {
    const [, disk] = onMac(`${internal}/dev/disk5 (${location}, physical):\n`, [
      root,
      macBlock({ identifier: 'disk5', protocol, size: 1e9 }),
    ]);

    expect(disk?.refusal?.code ?? 'null').toBe(refusal);
  });

  test('the small partition that disk tools make for themselves is no volume, unless it is mounted', () => {
    const list = [
      internal,
      '/dev/disk5 (external, physical):',
      '   #:                       TYPE NAME                    SIZE       IDENTIFIER',
      '   1:                        EFI EFI                     209.7 MB   disk5s1',
    ].join('\n');
    const efi = { identifier: 'disk5s1', fsType: 'MS-DOS FAT32', protocol: 'USB', size: 2e8 };
    const volumesOf = (mount: string): number | undefined =>
      onMac(list, [root, macBlock({ ...efi, mount })])[1]?.volumes.length;

    expect(volumesOf('')).toBe(0);
    expect(volumesOf('/Volumes/EFI')).toBe(1);
  });

  test('a card that older macOS calls read-only is never written to', () => {
    const [, card] = onMac(`${internal}/dev/disk5 (internal, physical):\n`, [
      root,
      macBlock({
        identifier: 'disk5',
        protocol: 'Secure Digital',
        fsType: 'MS-DOS FAT32',
        size: 1e9,
        physical: 'CD/DVD',
      }),
    ]);

    expect(card?.volumes[0]?.writeRefusal).toMatchObject({ code: 'read-only' });
  });

  test('a path with a colon in it is taken from df, whose lines the library reads whole', () => {
    const uses = [
      {
        fs: '/dev/disk5s1',
        type: 'msdos',
        size: 1,
        used: 0,
        available: 1,
        use: 0,
        mount: '/Volumes/a:b',
        rw: true,
      },
    ];
    const listed = parseDiskutilList(
      `${internal}/dev/disk5 (external, physical):\n   1:  DOS_FAT_32 a:b  1 GB  disk5s1\n`,
    );
    const blocks = [
      root,
      macBlock({ identifier: 'disk5s1', mount: '/Volumes/a', protocol: 'USB' }),
    ];
    const [, disk] = darwinDisks({ blocks, uses, listed, sequences: new Map() });

    expect(disk?.parts[0]?.mounts).toEqual([
      { path: '/Volumes/a:b', readOnly: false, driver: 'msdos' },
    ]);
  });

  test('what is mounted by another name than its node’s does not count as read-only', () => {
    const uses = [
      {
        fs: 'msdos://disk5s1/S',
        type: 'lifs',
        size: 1,
        used: 0,
        available: 7,
        use: 0,
        mount: '/Volumes/S',
        rw: false,
      },
    ];
    const listed = parseDiskutilList(
      `${internal}/dev/disk5 (external, physical):\n   1:  DOS_FAT_32 S  1 GB  disk5s1\n`,
    );
    const blocks = [
      root,
      macBlock({ identifier: 'disk5s1', mount: '/Volumes/S', protocol: 'USB' }),
    ];
    const [, disk] = darwinDisks({ blocks, uses, listed, sequences: new Map() });

    expect(disk?.parts[0]).toMatchObject({
      free: 7,
      mounts: [{ path: '/Volumes/S', readOnly: false, driver: 'lifs' }],
    });
  });
});
