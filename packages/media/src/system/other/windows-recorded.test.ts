import { describe, expect, test } from 'vitest';

import { offer } from '../../offer.ts';
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
