import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { offer } from '../../offer.ts';
import type { Medium } from '../../ports.ts';
import { aDisk } from '../../testing/disks.ts';
import type { RunProgram } from '../program.ts';
import { powerOff } from './power-off.ts';
import { openKernelTree, PLUG_IN } from './sysfs.fixture.ts';

const medium = (node: string): Medium => offer([aDisk({ node })])[0]!;
const nothingRuns: RunProgram = async () => ({ status: 1, stdout: '', stderr: 'no' });

test('udisks switches a stick off where it runs', async () => {
  await using tree = await openKernelTree();
  const calls: string[] = [];
  const run: RunProgram = async (program, args) => {
    calls.push([program, ...args].join(' '));
    return { status: 0, stdout: '', stderr: '' };
  };
  await powerOff(run, tree, medium('/dev/sdb'));
  expect(calls).toEqual(['udisksctl power-off --block-device /dev/sdb --no-user-interaction']);
});

test('without udisks the kernel is told to let go of it', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  const lun = 'pci0000:00/0000:00:14.0/usb1/1-4/1-4.2';
  const device = await tree.device(`${lun}/1-4.2:1.0/host6/target6:0:0/6:0:0:0/block/sdb/device`, {
    delete: '',
  });
  await powerOff(nothingRuns, tree, medium('/dev/sdb'));
  expect(await readFile(join(device, 'delete'), 'utf8')).toBe('1');
  expect(await readFile(join(tree.sys, 'devices', lun, 'remove'), 'utf8')).toBe('1');
});

test('what cannot be switched off is said to be unmounted all the same', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['mmcblk1']?.(tree);
  await expect(powerOff(nothingRuns, tree, medium('/dev/mmcblk1'))).rejects.toMatchObject({
    code: 'EJECT_FAILED',
  });
});
