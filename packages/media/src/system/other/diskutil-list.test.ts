import { describe, expect, test } from 'vitest';

import { parseDiskutilList } from './diskutil-list.ts';
import { recorded } from './testing/recorded.ts';

describe('as printed by real Macs', () => {
  test('a container tells which disks it is on, be they many or without partitions', async () => {
    const listed = parseDiskutilList(await recorded('imac-2026.list.txt'));

    expect(
      listed.map(({ identifier, location, made, stores }) => [identifier, location, made, stores]),
    ).toEqual([
      ['disk0', 'internal', false, []],
      ['disk1', 'internal', false, []],
      ['disk2', null, true, ['disk1s2', 'disk0s2']],
      ['disk3', null, false, []],
      ['disk4', null, true, ['disk3']],
    ]);
  });

  test('a CoreStorage volume tells which partition it is on', async () => {
    const [, made] = parseDiskutilList(await recorded('mac-2017.list.txt'));

    expect(made).toMatchObject({ identifier: 'disk1', made: true, stores: ['disk0s2'], rows: [] });
  });

  test('types are read although they hold spaces', async () => {
    const [, made, stick] = parseDiskutilList(await recorded('installer-stick.list.txt'));

    expect(made?.rows[2]).toEqual({ identifier: 'disk1s3', type: 'APFS Volume' });
    expect(stick?.rows).toEqual([
      { identifier: 'disk2s1', type: 'EFI' },
      { identifier: 'disk2s2', type: 'Apple_HFS' },
    ]);
  });

  test('a disk that is not called physical is internal all the same', async () => {
    const [internal] = parseDiskutilList(await recorded('internal-without-physical.list.txt'));

    expect(internal).toMatchObject({ location: 'internal', made: false });
  });
});

describe('by hand', () => {
  test('a volume’s name is not taken for the place of a container', () => {
    const [disk] = parseDiskutilList(
      [
        '/dev/disk4 (external, physical):',
        '   #:                       TYPE NAME                    SIZE       IDENTIFIER',
        '   0:     FDisk_partition_scheme                        *31.9 GB    disk4',
        '   1:                 DOS_FAT_32 Store disk0s2           31.9 GB    disk4s1',
      ].join('\n'),
    );

    expect(disk?.stores).toEqual([]);
  });

  test('before macOS 10.11 it does not say where a disk is', () => {
    expect(parseDiskutilList('/dev/disk1\n')).toMatchObject([
      { identifier: 'disk1', location: null },
    ]);
  });
});
