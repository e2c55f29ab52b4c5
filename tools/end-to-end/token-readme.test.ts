import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { openSoftHsm } from '@holdfast/token/testing';
import { expect, test } from 'vitest';
import { openHome, PASSWORD, type Home } from './holdfast.ts';

// README.txt of a backup for tokens, followed to the letter with stock age and our plugin.

const PIN = '739251';
const exec = promisify(execFile);

/** Types what is asked for, whichever comes first. */
async function typing({ folder, env }: Home, command: string): Promise<void> {
  const program = `
    log_user 0
    set timeout 60
    spawn -noecho sh -c {${command}}
    while 1 {
      expect {
        "PIN of token" { sleep 0.5; send "${PIN}\\r" }
        "assphrase" { sleep 0.5; send {${PASSWORD}}; send "\\r" }
        eof { break }
        timeout { exit 98 }
      }
    }
    catch wait result
    exit [lindex $result 3]`;
  await exec('expect', ['-c', program], { cwd: folder, env });
}

test(
  'the commands of README.txt restore the secret from every envelope',
  { timeout: 180_000 },
  async () => {
    await using hsm = await openSoftHsm();
    await using home = await openHome(hsm.environment);
    const token = await hsm.addToken('backup', PIN);
    await hsm.addKey(token, { label: 'k\u00e9y "1"', id: '01', kind: 'p256' });
    await hsm.addKey(token, { label: 'aes', id: '02', kind: 'aes' });
    await home.sh('mkdir -p .config/holdfast unpacked');
    const configuration = `[[modules]]\npath = ${JSON.stringify(hsm.module)}\n`;
    await writeFile(home.path('.config/holdfast/config.toml'), configuration);
    await writeFile(home.path('pin'), PIN, { mode: 0o600 });
    await writeFile(home.path('master.key'), 'the master secret\n');
    await home.sh(`holdfast backup master.key --to out.tar --password-file pw --pin-file pin \\
    --envelope 'token(pkcs11:token=backup;id=%01)' \\
    --envelope 'password + token(pkcs11:token=backup;object=aes)' --allow-single-point-of-failure
    tar xf out.tar -C unpacked`);
    const readme = await readFile(home.path('unpacked/README.txt'), 'utf8');
    const commands = readme.split('\n').filter((line) => line.startsWith('    '));
    for (const index of [1, 2]) {
      const wanted = new RegExp(`token-${String(index)}\\.txt`);
      const steps = commands.filter((line) => wanted.test(line));
      expect(steps).toHaveLength(2);
      await home.sh('rm -f unpacked/master.key');
      await typing(home, `cd unpacked; umask 077; ${steps.map((step) => step.trim()).join('; ')}`);
      await home.sh('cmp master.key unpacked/master.key');
    }
  },
);
