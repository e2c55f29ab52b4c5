import type { Lab, LabCase } from '../../case.ts';
import type { Guest } from '../../guest/guest.ts';
import { installProgram } from '../../guest/install-program.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { InternalDisk } from '../../stick/internal-disk.ts';
import { UsbStick } from '../../stick/usb-stick.ts';

const ROUNDS = { '1M': 5, '1G': 1 } as const;
const FORMATS = ['vfat', 'exfat', 'ext4'] as const;
const LIMIT = { milliseconds: 10 * 60_000 };

/** How quick it is beside the plain programs. It tells, and judges nothing: nobody else shall use the machine then. */
export const SPEED_CASES: readonly LabCase[] = FORMATS.map((format) => ({
  name: `speed/${format}`,
  rule: 'writing and reading back 1 MiB and 1 GiB, as a share of what cp, sync and a cold read take',
  whole: true,
  run: async (lab) => await compare(lab, format),
}));

async function compare(lab: Lab, format: (typeof FORMATS)[number]): Promise<string> {
  await using inputs = await StickImage.open({ mebibytes: 1200, format: 'ext4' });
  await using image = await StickImage.open({ mebibytes: 1200, format, label: 'BLACK' });
  await using guest = await lab.openGuest();
  await guest.mountRepository();
  const program = await installProgram('time-put');
  const source = await new InternalDisk(inputs.path).plug(guest);
  const stick = await new UsbStick(image.path).plug(guest);
  await guest.check(`mkdir -p /inputs && mount ${source} /inputs && mount ${stick} /mnt`);
  const seen: string[] = [];
  for (const [size, rounds] of Object.entries(ROUNDS)) {
    await guest.check(`head -c ${size} /dev/urandom >/inputs/input && sync`, LIMIT);
    const peer: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      peer.push(await timePeer(guest));
      const put = await guest.check(`node ${program} /inputs/input /mnt ours`, LIMIT);
      ours.push(Number(put));
      await guest.check('rm /mnt/ours && sync -f /mnt', LIMIT);
    }
    const [a, b] = [Math.min(...peer), Math.min(...ours)];
    seen.push(`${size}: ${b.toFixed(2)} s, ${(b / a).toFixed(2)} of the peer`);
  }
  return seen.join('; ');
}

async function timePeer(guest: Guest): Promise<number> {
  const work =
    'cp /inputs/input /mnt/peer && sync -f /mnt && dd if=/mnt/peer of=/dev/null bs=4M iflag=direct 2>/dev/null';
  const clock = 'cut -d" " -f1 /proc/uptime';
  const taken = await guest.check(
    `start=$(${clock}); ${work}; end=$(${clock}); rm /mnt/peer; sync -f /mnt; echo $start $end`,
    LIMIT,
  );
  const [start = 0, end = 0] = taken.trim().split(' ').map(Number);
  return end - start;
}
