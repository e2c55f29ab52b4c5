import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import type { Medium } from '../../ports.ts';
import { parseDiskutilList } from './diskutil-list.ts';
import { darwinDisks } from './darwin.ts';
import { macBlock } from './testing/blocks.ts';
import { askOnMac, recorded, type RecordedMac } from './testing/recorded.ts';

const SEPARATOR = '\n**********\n\n';

async function media(list: string, mac: RecordedMac): Promise<Map<string, Medium>> {
  const { blocks, uses } = await askOnMac(mac);
  const disks = darwinDisks({
    blocks,
    uses,
    listed: parseDiskutilList(list),
    sequences: new Map(),
  });
  return new Map(offer(disks).map((medium) => [medium.node, medium]));
}

function pathsOn(medium: Medium | undefined): string[] | undefined {
  return medium?.volumes.flatMap(({ mounts }) => mounts.map(({ path }) => path));
}

describe('a Mac with a stick, its own output; what it says of the system is another Mac’s', async () => {
  const list = await recorded('mac-2017.list.txt');
  const stick = await recorded('mac-2017.info.txt');
  const system = await recorded('core-storage-system.info.txt');
  const found = await media(list, { info: [system, stick].join(SEPARATOR) });

  test('the stick is offered, with its label, size and mount point', () => {
    const medium = found.get('/dev/disk3');
    expect(medium).toMatchObject({ bus: 'usb', hotPlugged: true, refusal: null });
    expect(medium?.volumes).toEqual([
      {
        node: '/dev/disk3s1',
        number: null,
        fileSystem: 'hfsplus',
        label: 'yhy',
        uuid: 'A35BB405-4443-372B-9889-AA73D680D985',
        size: 15720250368,
        free: null,
        mounts: [{ path: '/Volumes/yhy', readOnly: false, driver: 'Journaled HFS+' }],
        refusal: null,
        writeRefusal: null,
      },
    ]);
  });

  test('the disk that CoreStorage has the system on is not, and is known to have it', () => {
    expect(found.get('/dev/disk0')?.refusal).toMatchObject({ code: 'built-in' });
    expect(pathsOn(found.get('/dev/disk0'))).toEqual(['/']);
  });

  test('neither is a disk image', () => {
    expect(found.get('/dev/disk2')?.refusal).toMatchObject({ code: 'built-in' });
  });

  test('CoreStorage volumes are not disks of their own', () => {
    expect([...found.keys()]).toEqual(['/dev/disk0', '/dev/disk2', '/dev/disk3']);
  });
});

describe('an iMac, all its own output, with the description of a stick from another Mac', async () => {
  const list = await recorded('imac-2026.list.txt');
  const info = await recorded('imac-2026.info.txt');
  const mount = await recorded('imac-2026.mount.txt');
  const stick = await recorded('exfat-stick.info.txt');
  // By hand, after what the description says.
  const stickListed = [
    '/dev/disk6 (external, physical):',
    '   #:                       TYPE NAME                    SIZE       IDENTIFIER',
    '   0:     FDisk_partition_scheme                        *62.5 GB    disk6',
    '   1:               Windows_NTFS SETUPWIZ                62.5 GB    disk6s1',
  ].join('\n');
  const found = await media(list + stickListed, { info: info + SEPARATOR + stick, mount });

  test.each(['/dev/disk0', '/dev/disk1'])(
    '%s is not offered, and is known to have the system’s container on it',
    (node) => {
      expect(found.get(node)?.refusal).toMatchObject({ code: 'built-in' });
      expect(pathsOn(found.get(node))).toEqual(['/System/Volumes/Data', '/']);
    },
  );

  test('a disk image that the system uses is not offered', () => {
    expect(found.get('/dev/disk3')?.refusal).not.toBeNull();
  });

  test('the stick is offered as exFAT, whatever its partition is marked as', () => {
    expect(found.get('/dev/disk6')).toMatchObject({
      refusal: null,
      volumes: [
        {
          fileSystem: 'exfat',
          label: 'SETUPWIZ',
          size: 62533926912,
          mounts: [{ path: '/Volumes/SETUPWIZ' }],
          writeRefusal: null,
        },
      ],
    });
  });
});

describe('a stick and a disc, their own output, on a Mac by hand', async () => {
  const system = macBlock({ identifier: 'disk0s2', mount: '/', fsType: 'Journaled HFS+' });
  const internal = [
    '/dev/disk0 (internal, physical):',
    '   #:                       TYPE NAME                    SIZE       IDENTIFIER',
    '   0:      GUID_partition_scheme                        *120.0 GB   disk0',
    '   2:                  Apple_HFS Macintosh HD            119.2 GB   disk0s2',
    '',
  ].join('\n');

  test('a FAT32 stick is offered, and may be written to as it is mounted so', async () => {
    const { blocks, uses } = await askOnMac({
      info: await recorded('fat32-stick.info.txt'),
      mount: await recorded('fat32-stick.mount.txt'),
      // By hand, after what `df -H` said: 32G 1.9M 32G.
      df: [
        'Filesystem   1024-blocks  Used Available Capacity  Mounted on',
        '/dev/disk2s1    31150208  1856  31148352     1%    /Volumes/UNTITLED',
      ].join('\n'),
    });
    const listed = parseDiskutilList(internal + (await recorded('fat32-stick.list.txt')));
    const [, stick] = offer(
      darwinDisks({ blocks: [system, ...blocks], uses, listed, sequences: new Map() }),
    );

    expect(stick).toMatchObject({ node: '/dev/disk2', bus: 'usb', refusal: null });
    expect(stick?.volumes).toMatchObject([
      {
        fileSystem: 'vfat',
        label: 'UNTITLED',
        uuid: '38F4AF4D-37EF-33DD-AA53-0FFA97FCC8C3',
        size: 31913410560,
        free: 31148352 * 1024,
        mounts: [{ path: '/Volumes/UNTITLED', readOnly: false, driver: 'msdos' }],
        writeRefusal: null,
      },
    ]);
  });

  test('a disc in a USB drive can be read from, and is never written to', async () => {
    const { blocks } = await askOnMac({ info: await recorded('dvd.info.txt') });
    const listed = parseDiskutilList(`${internal}/dev/disk4 (external, physical):\n`);
    const [, disc] = offer(
      darwinDisks({ blocks: [system, ...blocks], uses: [], listed, sequences: new Map() }),
    );

    expect(disc?.refusal).toBeNull();
    expect(disc?.volumes).toMatchObject([
      { fileSystem: 'iso9660', label: null, refusal: null, writeRefusal: { code: 'read-only' } },
    ]);
  });
});
