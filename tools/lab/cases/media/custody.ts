import { copyFile } from 'node:fs/promises';
import type { Lab, LabCase } from '../../case.ts';
import { expectThat } from '../../guest/lab-error.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { UsbStick } from '../../stick/usb-stick.ts';

const HOLDFAST = 'node /repository/apps/cli/dist/holdfast.js';

/** What is known of sticks when they are not there, and what a drill shows of them. */
export const CUSTODY_CASES: readonly LabCase[] = [
  {
    name: 'custody/stick',
    rule: 'a stick has a name and a place, is drilled from the medium itself, and is known when it is away; its clone is told',
    run: keepCustody,
  },
];

async function keepCustody(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using clone = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
  await using guest = await lab.openGuest();
  await guest.mountRepository();
  const type = async (line: string): Promise<string> =>
    await guest.check(`cd /root && ${HOLDFAST} ${line}`, { milliseconds: 120_000 });
  await guest.check(
    `cd /root && printf 'of the lab' >sso && age-keygen 2>/dev/null >identity && age-keygen -y identity >recipient`,
  );
  const stick = new UsbStick(image.path, { serial: 'S1' });
  await stick.plug(guest);
  await type('backup ./sso --to usb:BLACK --no-eject -R recipient');
  await type('media name usb:BLACK box-2 --location "bank box 2" --owner Ann');
  const drilled = await type('drill usb:box-2 --against ./sso -i identity --receipt r.json');
  for (const shown of ['it was read from the medium itself', 'the live secret is the same']) {
    expectThat(drilled.includes(shown), drilled);
  }
  await type('drill verify r.json');

  await type('media name box-2 --protect');
  const refused = await guest.run(
    `cd /root && ${HOLDFAST} backup ./sso --to usb:box-2 -R recipient`,
  );
  expectThat(refused.code === 13, `a protected stick: exit ${String(refused.code)}`);

  await copyFile(image.path, clone.path);
  const twin = new UsbStick(clone.path, { serial: 'S2' });
  await twin.plug(guest);
  const both = await type('media list');
  expectThat(/clone|one UUID|same UUID/i.test(both), both);
  await twin.unplug();
  await stick.unplug();

  const listed = await type('media list');
  expectThat(listed.includes('box-2') && listed.includes('bank box 2'), listed);
  const status = await guest.run(`cd /root && ${HOLDFAST} status`);
  expectThat(status.code === 1 || status.code === 0, status.stdout);
  expectThat(status.stdout.includes('box-2'), status.stdout);
  await type('audit verify');
  return 'named, drilled, protected, cloned, away';
}
