import { expect, test } from 'vitest';

import { connectionOf } from './connection.ts';
import { openKernelTree, PLUG_IN } from './sysfs.fixture.ts';

const inside = { hotPlugged: false, usb: null };
const outside = { hotPlugged: true, usb: null };

test.each([
  ['sda', 'a disk inside, whatever its "removable" bit says', { bus: 'ata', ...inside }],
  ['nvme0n1', 'an SSD inside', { bus: 'nvme', ...inside }],
  ['nvme1n1', 'an SSD at a Thunderbolt port', { bus: 'nvme', ...outside }],
  ['mmcblk0', 'a soldered chip', { bus: 'mmc', ...inside }],
  ['mmcblk1', 'a card in a slot', { bus: 'sd', ...outside }],
  ['vda', 'a disk of a virtual machine', { bus: 'virtio', ...inside }],
  ['sde', 'a disk on FireWire', { bus: 'firewire', ...outside }],
  ['md0', 'what is made of others', { bus: 'other', ...inside }],
])('%s is %s', async (name, _what, connection) => {
  await using tree = await openKernelTree();
  await PLUG_IN[name]?.(tree);
  expect(await connectionOf(tree.sys, name)).toEqual(connection);
});

test('a stick behind a hub is described as itself, not as the hub', async () => {
  await using tree = await openKernelTree();
  await PLUG_IN['sdb']?.(tree);
  expect(await connectionOf(tree.sys, 'sdb')).toEqual({
    bus: 'usb',
    hotPlugged: true,
    usb: {
      folder: expect.stringMatching(/usb1\/1-4\/1-4\.2$/),
      ...{ id: '0781:5583', vendor: 'SanDisk', product: 'Ultra Fit', serial: '4C530001' },
    },
  });
});

test.each([
  ['sdc', 'an SSD in a case', '152d:0583'],
  ['sdd', 'a reader, even one that is built in', '058f:6366'],
  ['mmcblk2', 'a card in a slot that hangs on USB', '0bda:0129'],
])('%s is on USB: %s', async (name, _what, id) => {
  await using tree = await openKernelTree();
  await PLUG_IN[name]?.(tree);
  expect(await connectionOf(tree.sys, name)).toMatchObject({
    bus: 'usb',
    hotPlugged: true,
    usb: { id, serial: null },
  });
});

test('what just went, and what never was, is on no bus', async () => {
  await using tree = await openKernelTree();
  const nothing = { bus: 'other', ...inside };
  expect(await connectionOf(tree.sys, 'sdz')).toEqual(nothing);
  expect(await connectionOf('/nowhere', 'sdb')).toEqual(nothing);
});
