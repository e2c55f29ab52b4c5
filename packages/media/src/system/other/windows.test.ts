import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import type { Medium } from '../../ports.ts';
import type { Block, Drive } from './library.ts';
import { askOnWindows, recorded } from './testing/recorded.ts';
import { windowsDisks } from './windows.ts';

const SYSTEM = { systemDrive: 'C:' };

/** Win32_DiskDrive as UE5-SystemInformation printed it of a real desktop, and what it left out by hand: DeviceId. */
interface RealDrive {
  readonly caption: string;
  readonly interfaceType: string;
  readonly serialNumber: string;
  readonly totalSectors: string;
}

async function realDrive(name: string): Promise<RealDrive> {
  const all = JSON.parse(await recorded('windows-desktop.drives.json')) as Record<
    string,
    RealDrive
  >;
  const drive = all[name];
  if (drive === undefined) throw new Error(`there is no ${name}`);
  return drive;
}

function driveText(
  device: string,
  { caption, interfaceType, serialNumber, totalSectors }: RealDrive,
): string {
  return [
    `Caption           : ${caption}`,
    `Size              : ${Number(totalSectors) * 512}`,
    'Status            : OK',
    `DeviceId          : ${device}`,
    `SerialNumber      : ${serialNumber}`,
    `InterfaceType     : ${interfaceType}`,
  ].join('\n');
}

function physicalText(busType: string, friendlyName: string, serialNumber: string): string {
  return [
    `BusType      : ${busType}`,
    'MediaType    : Unspecified',
    `FriendlyName : ${friendlyName}`,
    `Model        : ${friendlyName}`,
    `SerialNumber : ${serialNumber}`,
    'Size         : 512105932800',
  ].join('\n');
}

function lettersText(device: string, ...letters: readonly string[]): string {
  const partitions = letters.map((it) => `@{DeviceID=${it}; VolumeName=; Size=1; FreeSpace=1}`);
  const many = partitions.length > 1 ? `{${partitions.join(', ')}}` : partitions.join('');
  return [`DeviceID    : ${device}`, 'Model       : some', `Partitions  : ${many}`].join('\n');
}

describe('put together from real values of three machines, read by the library', async () => {
  const [internal, stick] = [await realDrive('HardDisk1'), await realDrive('HardDisk2')];
  const answers = await askOnWindows({
    logical: [
      await recorded('windows-c.logical.txt'),
      await recorded('windows-stick.logical.txt'),
    ].join('\n\n'),
    letters: [
      lettersText('\\\\.\\PHYSICALDRIVE0', 'C:'),
      lettersText('\\\\.\\PHYSICALDRIVE1', 'E:'),
    ].join('\n\n'),
    drives: [
      driveText('\\\\.\\PHYSICALDRIVE0', internal),
      driveText('\\\\.\\PHYSICALDRIVE1', stick),
    ].join('\n\n'),
    physical: [
      physicalText('NVMe', 'XPG SPECTRIX S40G', internal.serialNumber),
      physicalText('USB', 'USB SanDisk 3.2Gen1', stick.serialNumber),
    ].join('\n\n'),
  });
  const media = offer(windowsDisks({ ...answers, ...SYSTEM }));

  test('the stick is offered, with its label, size, serial number and drive letter', () => {
    expect(media[1]).toMatchObject({
      node: '\\\\.\\PHYSICALDRIVE1',
      bus: 'usb',
      hotPlugged: true,
      product: 'USB SanDisk 3.2Gen1',
      serial: '050101bd5ae8db2902a9',
      size: 240348465 * 512,
      refusal: null,
      volumes: [
        {
          node: 'E:',
          fileSystem: 'ntfs',
          label: 'USBKEY',
          size: 7812935680,
          free: 3975397376,
          mounts: [{ path: 'E:\\', readOnly: false }],
          refusal: null,
          writeRefusal: null,
        },
      ],
    });
  });

  test('the internal disk is not, and is known to have the system', () => {
    expect(media[0]).toMatchObject({
      node: '\\\\.\\PHYSICALDRIVE0',
      bus: 'nvme',
      refusal: { code: 'built-in' },
      volumes: [{ node: 'C:', label: 'maicra', size: 510979805184 }],
    });
  });

  test('there are no more disks than that', () => {
    expect(media).toHaveLength(2);
  });
});

describe('as the library read a real machine, in 2018', async () => {
  const blocks = JSON.parse(await recorded('windows-hdd.blocks.json')) as Block[];
  const drives = JSON.parse(await recorded('windows-hdd.drives.json')) as Drive[];

  test('a letter of which it does not say what disk it is on is not offered', () => {
    const media = offer(windowsDisks({ blocks, drives, uses: [], ...SYSTEM }));

    expect(media.map(({ node, refusal }) => [node, refusal?.code])).toEqual([
      ['\\\\.\\PHYSICALDRIVE1', 'built-in'],
      ['E:', 'built-in'],
    ]);
  });
});

describe('two disks of a real desktop that have the same name and serial number', async () => {
  const twin = await realDrive('HardDisk1');
  const other = await realDrive('HardDisk4');

  test('neither is offered when the library says of one that it is on USB', async () => {
    expect(other.serialNumber).toBe(twin.serialNumber);
    const answers = await askOnWindows({
      logical: await recorded('windows-c.logical.txt'),
      letters: lettersText('\\\\.\\PHYSICALDRIVE0', 'C:'),
      drives: [
        driveText('\\\\.\\PHYSICALDRIVE0', twin),
        driveText('\\\\.\\PHYSICALDRIVE1', other),
      ].join('\n\n'),
      // By hand: as if the second were in a case with a plug. The library gives its bus to the first.
      physical: [
        physicalText('NVMe', 'XPG SPECTRIX S40G', twin.serialNumber),
        physicalText('USB', 'XPG SPECTRIX S40G', twin.serialNumber),
      ].join('\n\n'),
    });
    expect(answers.drives.map(({ interfaceType }) => interfaceType)).toEqual(['USB', 'SCSI']);

    const media = offer(windowsDisks({ ...answers, ...SYSTEM }));
    expect(media.map(({ refusal }) => refusal?.code)).toEqual(['built-in', 'built-in']);
  });
});

describe('by hand', () => {
  const c = block({ name: 'C:', device: '\\\\.\\PHYSICALDRIVE0' });
  const ssd = drive({ device: '\\\\.\\PHYSICALDRIVE0', interfaceType: 'NVMe', name: 'Fast' });
  const onWindows = (
    blocks: readonly Block[],
    drives: readonly Drive[],
    systemDrive = 'C:',
  ): Medium[] => offer(windowsDisks({ blocks, drives, uses: [], systemDrive }));

  test('a USB disk that counts as a fixed one is offered', () => {
    const [, disk] = onWindows(
      [c, block({ name: 'F:', device: '\\\\.\\PHYSICALDRIVE1' })],
      [ssd, drive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType: 'USB', name: 'T7' })],
    );

    expect(disk).toMatchObject({ bus: 'usb', refusal: null, volumes: [{ node: 'F:' }] });
  });

  test('two sticks that are alike are both offered', () => {
    const name = 'SanDisk Cruzer USB Device';
    const [, one, other] = onWindows(
      [
        c,
        block({ name: 'E:', device: '\\\\.\\PHYSICALDRIVE1', removable: true }),
        block({ name: 'F:', device: '\\\\.\\PHYSICALDRIVE2', removable: true }),
      ],
      [
        ssd,
        drive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType: 'USB', name }),
        drive({ device: '\\\\.\\PHYSICALDRIVE2', interfaceType: 'USB', name }),
      ],
    );

    expect(one?.refusal).toBeNull();
    expect(other?.refusal).toBeNull();
  });

  test('a USB disk that Windows was started from is not offered, whatever its letter', () => {
    const usb = drive({ device: '\\\\.\\PHYSICALDRIVE0', interfaceType: 'USB', name: 'T7' });
    expect(onWindows([c], [usb])[0]?.refusal).toMatchObject({ code: 'system' });

    const d = block({ name: 'D:', device: '\\\\.\\PHYSICALDRIVE0' });
    expect(onWindows([d], [usb], 'D:')[0]?.refusal).toMatchObject({ code: 'in-use' });
  });

  test('when it is not known what disk Windows is on, nothing is offered', () => {
    const media = onWindows(
      [
        block({ name: 'C:' }),
        block({ name: 'E:', device: '\\\\.\\PHYSICALDRIVE1', removable: true }),
      ],
      [ssd, drive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType: 'USB', name: 'x USB Device' })],
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
      [c, block({ name: 'E:', device: '\\\\.\\PHYSICALDRIVE1', removable })],
      [ssd, drive({ device: '\\\\.\\PHYSICALDRIVE1', interfaceType, name: 'Generic SD' })],
    );

    expect(disk?.refusal?.code ?? 'null').toBe(refusal);
  });

  test('a network drive is no disk', () => {
    const media = onWindows([c, block({ name: 'Z:', physical: 'Network' })], [ssd]);

    expect(media.map(({ node }) => node)).toEqual(['\\\\.\\PHYSICALDRIVE0']);
  });

  test('a disc is not offered', () => {
    const [, disc] = onWindows(
      [c, block({ name: 'D:', physical: 'CD/DVD', fsType: 'cdfs' })],
      [ssd],
    );

    expect(disc).toMatchObject({ node: 'D:', refusal: { code: 'optical' } });
  });

  test('an empty card reader is not offered', () => {
    const [, reader] = onWindows(
      [c, block({ name: 'E:', removable: true, fsType: '', size: '' })],
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

/** As the library makes them of Win32_LogicalDisk; sizes are text there. */
function block(facts: Partial<Block> & { readonly name: string }): Block {
  return {
    identifier: facts.name,
    mount: facts.name,
    type: 'disk',
    fsType: 'ntfs',
    size: '1000',
    physical: facts.removable === true ? 'Removable' : 'Local',
    uuid: '',
    label: '',
    model: '',
    serial: '',
    removable: false,
    protocol: '',
    group: '',
    device: '',
    ...facts,
  };
}

function drive(facts: Partial<Drive> & { readonly device: string }): Drive {
  return { name: '', vendor: '', size: 1000, serialNum: '', interfaceType: '', ...facts };
}
