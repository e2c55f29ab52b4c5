import { setTimeout as sleep } from 'node:timers/promises';

import type { Lab, LabCase } from '../../case.ts';
import { expectThat } from '../../guest/lab-error.ts';
import { BadDisk } from '../../stick/bad-disk/bad-disk.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { UsbStick } from '../../stick/usb-stick.ts';
import { judge } from './judge.ts';
import { expectOutcome, fileOf, MediaGuest } from './media-guest.ts';
import { STICK, tried } from './trial.ts';

const MIB = 2 ** 20;

/** Sticks that have something wrong with them. */
export const FAULT_CASES: readonly LabCase[] = [
  {
    name: 'fault/write-error',
    rule: 'a write that fails is a typed error, and the former backup stays',
    run: async (lab) =>
      await tried(
        lab,
        {},
        ({ disk }) => {
          disk.breaks({ on: 'write', does: 'fail', code: 'EIO', from: 2 * MIB, after: 2 });
        },
        { size: 4 * MIB },
      ),
  },
  {
    name: 'fault/flush-error',
    rule: 'a flush that fails is a typed error, and the former backup stays',
    run: async (lab) =>
      await tried(lab, {}, ({ disk }) => {
        disk.breaks({ on: 'flush', does: 'fail', code: 'EIO', after: 1 });
      }),
  },
  {
    name: 'fault/read-error',
    rule: 'what cannot be read back is no success, and leaves no final name',
    run: async (lab) =>
      await tried(
        lab,
        {},
        async ({ disk, media }) => {
          await media.comesTo('reading back');
          disk.breaks({ on: 'read', does: 'fail', code: 'EIO', from: 4 * MIB });
        },
        { size: 8 * MIB },
      ),
  },
  {
    name: 'fault/bit-flip',
    rule: 'one wrong bit on the way back is no success',
    run: async (lab) =>
      await tried(
        lab,
        { wanted: 'READ_BACK_MISMATCH' },
        ({ disk }) => {
          disk.breaks({ on: 'read', does: 'flip', from: 4 * MIB, to: 4 * MIB + 1 });
        },
        { size: 8 * MIB },
      ),
  },
  {
    name: 'fault/lying-size',
    rule: 'a stick that claims to be larger than it is is found out by reading back',
    run: async (lab) =>
      await tried(
        lab,
        {
          real: 12 * MIB,
          content: { mebibytes: 256, format: 'vfat', label: 'BLACK' },
          wanted: 'READ_BACK_MISMATCH',
        },
        () => undefined,
        { size: 24 * MIB },
      ),
  },
  {
    name: 'fault/drops-writes',
    rule: 'a stick that says yes to everything and stores nothing is found out',
    run: async (lab) =>
      await tried(lab, { wanted: 'READ_BACK_MISMATCH' }, ({ disk }) => {
        disk.breaks({ on: 'write', does: 'drop' });
      }),
  },
  {
    name: 'fault/drops-content',
    rule: 'a stick that stores names and drops content is found out, also while it stays mounted',
    run: dropContentWhileMounted,
  },
  {
    name: 'fault/torn-write',
    rule: 'a write that is stored in part is found out',
    whole: true,
    run: async (lab) =>
      await tried(
        lab,
        { wanted: 'READ_BACK_MISMATCH' },
        ({ disk }) => {
          disk.breaks({ on: 'write', does: 'tear', keeps: 4096, from: 4 * MIB, count: 1 });
        },
        { size: 8 * MIB },
      ),
  },
  {
    name: 'fault/worn-out',
    rule: 'a stick that turns read-only is a typed error, and the former backup stays',
    whole: true,
    run: async (lab) =>
      await tried(
        lab,
        {},
        async ({ disk, media }) => {
          await media.comesTo('writing');
          disk.wornOut = true;
        },
        { size: 8 * MIB },
      ),
  },
  {
    name: 'fault/full',
    rule: 'what does not fit is refused before it is written; a stick that fills up meanwhile is full',
    run: fillUp,
  },
  {
    name: 'fault/read-only',
    rule: 'a write-protected stick is told as that, and can be read from',
    run: useReadOnly,
  },
  {
    name: 'fault/slow',
    rule: 'writing to a slow stick can be given up within seconds, and leaves nothing',
    run: giveUp,
  },
  {
    name: 'fault/stall',
    rule: 'a stick that stalls for some seconds is waited for',
    whole: true,
    run: async (lab) => await stall(lab),
  },
];

async function dropContentWhileMounted(lab: Lab): Promise<string> {
  const seen: string[] = [];
  for (const driver of ['vfat', 'ntfs-3g'] as const) {
    const format = driver === 'vfat' ? 'vfat' : 'ntfs';
    await using image = await StickImage.open({ mebibytes: 64, format, label: 'BLACK' });
    await using disk = await BadDisk.open(image.path);
    await using media = await MediaGuest.open(lab);
    const node = await new UsbStick(disk).plug(media.guest);
    await media.guest.check(`mount -t ${driver} ${node} /mnt`);
    fileOf(await media.backUp());
    // NTFS has its tables at the beginning and in the middle.
    disk.breaks({ on: 'write', does: 'drop', from: 12 * MIB, to: 28 * MIB });
    const outcome = await media.backUp({ size: 20 * MIB });
    expectOutcome(outcome, 'READ_BACK_MISMATCH');
    await media.guest.check('test $(ls /mnt/holdfast | wc -l) = 1');
    seen.push(`${driver}: ${outcome.outcome}`);
  }
  return seen.join(', ');
}

async function fillUp(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 16, format: 'vfat', label: 'BLACK' });
  await using media = await MediaGuest.open(lab);
  const node = await new UsbStick(image.path).plug(media.guest);
  const former = fileOf(await media.backUp());
  const tooLarge = await media.backUp({ size: 20 * MIB });
  expectOutcome(tooLarge, 'NO_SPACE');
  // Somebody else writes to it at the same time.
  await media.guest.check(`mount ${node} /mnt`);
  const backup = media.backUp({ size: 8 * MIB });
  await media.comesTo('writing');
  await media.guest.run('dd if=/dev/zero of=/mnt/other bs=64k');
  const { outcome } = await backup;
  await media.guest.check('umount /mnt');
  const seen = await judge(media, { former, outcome: tooLarge });
  expectThat(outcome === 'NO_SPACE' || outcome === 'done', outcome);
  expectThat(seen.fresh === (outcome === 'done'), 'a final name without success');
  return `NO_SPACE before, ${outcome} in the middle, former intact`;
}

async function useReadOnly(lab: Lab): Promise<string> {
  await using image = await StickImage.open(STICK);
  await using media = await MediaGuest.open(lab);
  const open = new UsbStick(image.path);
  await open.plug(media.guest);
  const former = fileOf(await media.backUp());
  await open.unplug();
  await new UsbStick(image.path, { readOnly: true }).plug(media.guest);
  expectOutcome(await media.backUp(), 'MEDIUM_NOT_FOUND');
  const named = await media.backUp({ to: ['usb:BLACK'] });
  expectOutcome(named, 'MEDIUM_REFUSED');
  await judge(media, { former, outcome: named });
  return 'refused, and read';
}

async function giveUp(lab: Lab): Promise<string> {
  await using image = await StickImage.open(STICK);
  await using disk = await BadDisk.open(image.path);
  await using media = await MediaGuest.open(lab);
  await new UsbStick(disk).plug(media.guest);
  const former = fileOf(await media.backUp());
  disk.speed = { write: 400_000 };
  const backup = media.backUp({ size: 20 * MIB });
  await media.comesTo('writing');
  await sleep(1000);
  const asked = performance.now();
  media.cancel();
  const outcome = await backup;
  const seconds = (performance.now() - asked) / 1000;
  disk.speed = {};
  expectOutcome(outcome, 'CANCELLED');
  expectThat(seconds < 20, `only after ${seconds.toFixed(1)} s`);
  const { fresh, unfinished } = await judge(media, { former, outcome });
  expectThat(!fresh && unfinished === 0, 'something was left behind');
  return `given up after ${seconds.toFixed(1)} s, nothing left behind`;
}

async function stall(lab: Lab): Promise<string> {
  await using image = await StickImage.open(STICK);
  await using disk = await BadDisk.open(image.path);
  await using media = await MediaGuest.open(lab);
  await new UsbStick(disk).plug(media.guest);
  const former = fileOf(await media.backUp());
  const fault = disk.breaks({ on: 'write', does: 'hang', after: 5, count: 1 });
  const backup = media.backUp({ size: 4 * MIB });
  await fault.met;
  await sleep(6000);
  fault.mend();
  const outcome = await backup;
  expectOutcome(outcome, 'done');
  await judge(media, { former, outcome });
  return 'done';
}
