import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Lab, LabCase } from '../../case.ts';
import { expectThat } from '../../guest/lab-error.ts';
import { StickImage } from '../../stick/image/stick-image.ts';
import { UsbStick } from '../../stick/usb-stick.ts';

const HOLDFAST = 'node /repository/apps/cli/dist/holdfast.js';

/** The built program, as a person types it. */
export const PROGRAM_CASES: readonly LabCase[] = [
  {
    name: 'program/backup-restore',
    rule: 'what a person types: backup waits, writes and ejects; list, verify and restore find it after a reboot',
    run: typeIt,
  },
  {
    name: 'program/pages',
    rule: 'every command about media that README.md and docs/media.md show works as written',
    whole: true,
    run: followPages,
  },
];

async function typeIt(lab: Lab): Promise<string> {
  await using image = await StickImage.open({ mebibytes: 64, format: 'exfat', label: 'BLACK' });
  const secret = '{"db_key_base":"of the lab"}';
  let identity: string;
  {
    await using guest = await lab.openGuest();
    await guest.mountRepository();
    await guest.check(`printf '%s' '${secret}' >/root/secret.json`);
    identity = await guest.check('age-keygen 2>/dev/null');
    await guest.check('cat >/root/identity && age-keygen -y /root/identity >/root/recipient', {
      input: identity,
    });
    const backup = guest.run(
      `cd /root && ${HOLDFAST} backup ./secret.json --to usb:BLACK -R recipient --wait 60 2>stderr`,
      { milliseconds: 120_000 },
    );
    const stick = new UsbStick(image.path, { serial: 'S1', vendor: 'Holdfast', product: 'Stick' });
    await guest.until('grep -q Waiting /root/stderr');
    await stick.plug(guest);
    const { code, stdout } = await backup;
    const stderr = await guest.check('cat /root/stderr');
    expectThat(code === 0, `${stdout}${stderr}`);
    for (const line of [
      'backed up secret.json to BLACK',
      'safe to remove',
      'unmounted and mounted again',
    ]) {
      expectThat(stdout.includes(line), `"${line}" is not in:\n${stdout}`);
    }
    expectThat(stderr.includes('Waiting 60 s for the medium BLACK'), stderr);
    expectThat(
      /Found BLACK, \/dev\/sd.: QEMU USB HARDDRIVE, 64\.0 MiB, exfat/.test(stderr),
      stderr,
    );
    await stick.unplug();
  }
  await using guest = await lab.openGuest();
  await guest.mountRepository();
  await guest.check('cat >/root/identity', { input: identity });
  await new UsbStick(image.path, { serial: 'S1' }).plug(guest);
  const listed = await guest.check(`${HOLDFAST} media list && ${HOLDFAST} media list usb`);
  expectThat(/BLACK +exfat .* ready\n/.test(listed), listed);
  expectThat(/secret\.json-\S+\.tar +secret\.json .*unknown signer/.test(listed), listed);
  await guest.check(`${HOLDFAST} verify usb -i /root/identity`);
  await guest.check(`${HOLDFAST} restore usb/secret.json --to /root/back.json -i /root/identity`);
  const back = await guest.check('cat /root/back.json');
  expectThat(back === secret, back);
  const ejected = await guest.check(`${HOLDFAST} media eject usb:BLACK`);
  expectThat(ejected.includes('safe to remove'), ejected);
  return 'waited, found, written, read back, ejected; listed, verified, restored, ejected';
}

const ROOT = join(import.meta.dirname, '../../../..');

/** The commands of a page that name a medium, without what stands behind them as an explanation. */
async function commandsOf(page: string): Promise<string[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^(holdfast .*(?:usb|media).*)$/gm)].map(([, line = '']) =>
    line.replace(/ {2,}.*$/, ''),
  );
}

async function followPages(lab: Lab): Promise<string> {
  await using guest = await lab.openGuest();
  await guest.mountRepository();
  await guest.check(`mkdir -p /root/credentials /mnt/x && cd /root &&
    printf 'of the lab, and of nobody else' >credentials/holdfast.password &&
    printf '#!/bin/sh\\nexec ${HOLDFAST} "$@"\\n' >/usr/local/bin/holdfast &&
    chmod 755 /usr/local/bin/holdfast && mount -t tmpfs mine /mnt/x &&
    head -c 32 /dev/urandom >sso.bin && cp sso.bin gitlab-secrets.json && holdfast secret import sso sso.bin`);
  let count = 0;
  for (const page of ['README.md', 'docs/media.md']) {
    await using black = await StickImage.open({ mebibytes: 64, format: 'vfat', label: 'BLACK' });
    await using red = await StickImage.open({ mebibytes: 64, format: 'exfat', label: 'RED' });
    const sticks = [
      new UsbStick(black.path, { serial: 'S1' }),
      new UsbStick(red.path, { serial: 'S2' }),
    ];
    for (const line of await commandsOf(page)) {
      const plugged = line.includes('--copies 2') ? sticks : sticks.slice(0, 1);
      for (const stick of plugged) await stick.plug(guest);
      const ending = line.endsWith('watch')
        ? `timeout --signal=INT 10 ${line}; test $? = 124`
        : line;
      await guest.check(`cd /root && export CREDENTIALS_DIRECTORY=/root/credentials && ${ending}`, {
        milliseconds: 300_000,
      });
      for (const stick of plugged) await stick.unplug();
      count += 1;
    }
  }
  return `${count} commands`;
}
