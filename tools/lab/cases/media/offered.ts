import type { Medium } from '@holdfast/core';

import type { Lab, LabCase } from '../../case.ts';
import type { Guest } from '../../guest/guest.ts';
import { expectThat, LabError } from '../../guest/lab-error.ts';
import { CardSlot } from '../../stick/card-slot.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { InternalDisk } from '../../stick/internal-disk.ts';
import { makeLogicalVolume, makeRaid, unlockLuks } from '../../stick/layers.ts';
import { UsbGadget } from '../../stick/usb-gadget.ts';
import { UsbStick } from '../../stick/usb-stick.ts';
import { expectOutcome, fileOf, MediaGuest } from './media-guest.ts';

/** What is offered, and what never is. */
export const OFFER_CASES: readonly LabCase[] = [
  {
    name: 'offer/kinds',
    rule: 'only what is plugged in from outside is offered, whatever its removable bit says',
    run: listKinds,
  },
  {
    name: 'offer/system',
    rule: 'a USB disk that carries system folders, swap, LVM, RAID or files in use is never offered',
    run: listSystemDisks,
  },
  {
    name: 'offer/protected',
    rule: 'nothing is written to a protected stick, and it can be read',
    whole: true,
    run: useProtected,
  },
  {
    name: 'offer/watch',
    rule: 'plugging in and out is told once each, also under another name, and gadgets are not',
    run: watch,
  },
];

async function listMedia(media: MediaGuest): Promise<readonly Medium[]> {
  return ((await media.order({ do: 'list' })).media ?? []) as readonly Medium[];
}

/** `sda usb ready`: node, bus, and why it is not used. */
function inWords({ node, bus, refusal, volumes }: Medium): string {
  const of = volumes.map((it) => it.refusal?.code ?? it.writeRefusal?.code ?? 'ready');
  return [node.slice(5), bus, refusal === null ? of.join('+') : `no: ${refusal.code}`].join(' ');
}

async function listKinds(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'LAB' });
  await using blank = await StickImage.open({ mebibytes: 16, format: null });
  await using media = await MediaGuest.open(lab);
  const { guest } = media;
  const disks = [
    new UsbStick(image.path, { serial: 'S1' }),
    new UsbStick(await image.copy('a'), { serial: 'S2', removable: false, protocol: 'uas' }),
    new UsbStick(await image.copy('b'), { serial: 'S3', readOnly: true }),
    new UsbStick(blank.path, { serial: 'S4' }),
    new InternalDisk(await image.copy('c'), { serial: 'S5', removable: true }),
  ];
  const nodes: string[] = [];
  for (const disk of disks) nodes.push(await disk.plug(guest));
  const slot = await new CardSlot(guest).plug();
  const all = (await listMedia(media)).map(inWords);
  const of = (node: string | undefined): string =>
    all.find((it) => it.startsWith(`${node?.slice(5) ?? ''} `))?.replace(/^\w+ /, '') ?? 'none';
  const seen = [...nodes, slot, '/dev/vda'].map(of).join('; ');
  const wanted = [
    ...['usb ready', 'usb ready', 'usb read-only', 'usb unformatted'],
    ...['virtio no: built-in', 'usb no: empty', 'virtio no: built-in'],
  ].join('; ');
  expectThat(seen === wanted, seen);
  return seen;
}

async function listSystemDisks(lab: Lab): Promise<string> {
  await using image = await StickImage.open({
    mebibytes: 256,
    table: 'gpt',
    partitions: [
      { format: 'ext4', label: 'DATA' },
      { format: 'swap', mebibytes: 8 },
      { format: 'luks', mebibytes: 40 },
      { format: null, mebibytes: 40 },
      { format: null, mebibytes: 40 },
    ],
  });
  await using media = await MediaGuest.open(lab);
  const { guest } = media;
  const node = await new UsbStick(image.path, { protocol: 'uas' }).plug(guest);
  const state = async (): Promise<string> => {
    const [medium] = (await listMedia(media)).filter((it) => it.node === node);
    if (medium === undefined) throw new LabError('the disk is not listed');
    return inWords(medium).replace(/^\w+ usb /, '');
  };
  const during = async (begin: string, end: string): Promise<string> => {
    await guest.check(begin);
    const seen = await state();
    await guest.check(end);
    return seen;
  };
  const seen = [
    await state(),
    await during(`mkdir -p /opt/data && mount ${node}1 /opt/data`, 'umount /opt/data'),
    await during(`swapon ${node}2`, `swapoff ${node}2`),
    await during(
      `mount ${node}1 /mnt && truncate -s 1M /mnt/disk && losetup /dev/loop5 /mnt/disk`,
      'losetup -d /dev/loop5; umount /mnt',
    ),
  ];
  const unlocked = await unlockLuks(guest, `${node}3`);
  seen.push(
    await during(
      `mkfs.ext4 -q ${unlocked} && mkdir -p /var/x && mount ${unlocked} /var/x`,
      'umount /var/x',
    ),
  );
  await makeLogicalVolume(guest, `${node}4`);
  seen.push(await during('udevadm settle', 'vgchange --activate n stick'));
  await makeRaid(guest, `${node}5`);
  seen.push(await state());
  const all = seen.join('; ');
  const wanted =
    'ready+swap+encrypted+unformatted+unformatted; no: system; no: swap; no: in-use; no: system; no: in-use; no: in-use';
  expectThat(all === wanted, all);
  return all;
}

async function useProtected(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'PROTECTED' });
  await using media = await MediaGuest.open(lab);
  await new UsbStick(image.path).plug(media.guest);
  expectOutcome(await media.backUp(), 'MEDIUM_NOT_FOUND');
  expectOutcome(await media.backUp({ to: ['usb:PROTECTED'] }), 'MEDIUM_REFUSED');
  expectOutcome(await media.order({ do: 'verify', from: 'usb' }), 'BACKUP_NOT_FOUND');
  await using other = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await new UsbStick(other.path, { serial: 'S2' }).plug(media.guest);
  // Beside a protected stick, the other one is the only one.
  fileOf(await media.backUp());
  return 'refused, read, and no rival of another';
}

async function watch(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using other = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'RED' });
  await using guest = await lab.openGuest();
  await guest.mountRepository();
  const { seen, stop } = watching(guest);
  await seen('Watching what is plugged in and out; Ctrl-C ends it.');
  // It says so before it has looked for the first time.
  await guest.check('sleep 4');
  const [stick, second] = [new UsbStick(image.path), new UsbStick(other.path, { serial: 'S2' })];
  const first = await stick.plug(guest);
  await seen(`attached ${first} BLACK`);
  const mouse = new UsbGadget(guest, 'usb-mouse');
  await mouse.plug();
  await mouse.unplug();
  await stick.unplug();
  await seen(`detached ${first} BLACK`);
  const holder = await second.plug(guest);
  await seen(`attached ${holder} RED`);
  const again = await stick.plug(guest);
  await seen(`attached ${again} BLACK`);
  expectThat(again !== first, 'it came back under the same name');
  const lines = await stop();
  const wanted = [
    `attached ${first} BLACK`,
    `detached ${first} BLACK`,
    `attached ${holder} RED`,
    `attached ${again} BLACK`,
  ];
  expectThat(lines.join('; ') === wanted.join('; '), lines.join('; '));
  return wanted.join('; ');
}

/** `holdfast media watch --json` in a guest, line by line. */
function watching(guest: Guest): {
  seen: (line: string) => Promise<void>;
  stop: () => Promise<string[]>;
} {
  const lines: string[] = [];
  let wake = (): void => undefined;
  let rest = '';
  const command = 'exec node /repository/apps/cli/dist/holdfast.js media watch --json 2>&1';
  const ended = guest.run(command, {
    milliseconds: 3 * 60_000,
    onOutput: (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) lines.push(part.startsWith('{') ? eventLine(part) : part);
      wake();
    },
  });
  ended.catch(() => undefined);
  return {
    async seen(line) {
      while (!lines.includes(line)) {
        await Promise.race([
          new Promise<void>((resolve) => (wake = resolve)),
          ended.then(({ stderr }) => {
            throw new LabError(`${line} was never told, only: ${lines.join('; ')}\n${stderr}`);
          }),
        ]);
      }
    },
    async stop() {
      await guest.check('pkill -INT -f "[m]edia watch"');
      await ended;
      return lines.slice(1);
    },
  };
}

function eventLine(json: string): string {
  const { kind, medium } = JSON.parse(json) as { kind: string; medium: Medium };
  return [kind, medium.node, medium.volumes[0]?.label ?? ''].join(' ').trim();
}
