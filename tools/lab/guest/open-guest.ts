import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { runTool } from '../image/tool.ts';
import type { Image, Progress } from '../image/build-image.ts';
import { Guest } from './guest.ts';
import { LabError } from './lab-error.ts';
import { machine } from './machine.ts';

/** A guest that has booted, at rest: its RAM, and what it has written to its disk. */
export interface Snapshot {
  readonly image: Image;
  readonly memory: string;
  readonly overlay: string;
}

/** What every guest will need soon is read once, so that it is in the memory that is kept. */
const WARM_UP = 'node -e 0 && lsblk --json >/dev/null && opensc-tool --list-readers';

/** The snapshot of this image for this machine: from the cache, else made, which takes a boot. */
export async function provideSnapshot(image: Image, progress: Progress): Promise<Snapshot> {
  const version = await runTool('qemu-system-x86_64', ['--version']);
  const any = { kernel: '', initrd: '', disk: '' };
  const arguments_ = machine(any, { qmp: '', agent: '', console: '' }).join(' ');
  const key = createHash('sha256').update(version).update(arguments_).update(WARM_UP).digest('hex');
  const folder = join(image.folder, `snapshot-${key.slice(0, 16)}`);
  const made = await stat(folder).catch(() => null);
  if (made === null) await makeSnapshot(image, folder, progress);
  return { image, memory: join(folder, 'memory'), overlay: join(folder, 'overlay.qcow2') };
}

async function makeSnapshot(
  image: Image,
  folder: string,
  { say, signal }: Progress,
): Promise<void> {
  const work = `${folder}.${process.pid}`;
  const overlay = join(work, 'overlay.qcow2');
  const seconds = (from: number): string => ((Date.now() - from) / 1000).toFixed(0);
  await mkdir(work);
  try {
    await runTool('qemu-img', [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-b',
      image.disk,
      '-F',
      'raw',
      overlay,
    ]);
    const start = Date.now();
    await using guest = await Guest.open({
      parts: { ...image, disk: `file=${overlay},format=qcow2` },
      signal,
    });
    say(`  boot: ${seconds(start)} s`);
    await guest.check(`${WARM_UP}; sync; echo 3 >/proc/sys/vm/drop_caches; ${WARM_UP}`);
    await guest.qmp.do('stop');
    await guest.qmp.do('migrate-set-parameters', { 'max-bandwidth': 10 * 2 ** 30 });
    await guest.qmp.do('migrate', { uri: `exec:cat >'${join(work, 'memory')}'` });
    for (;;) {
      const { status } = await guest.qmp.do<{ status: string }>('query-migrate');
      if (status === 'completed') break;
      if (status === 'failed') throw new LabError('QEMU could not save the memory of the guest');
      await sleep(50);
    }
    // Only an orderly end writes all of the overlay.
    await guest.quit();
    say(`  snapshot: ${seconds(start)} s with the boot`);
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A guest that has just been restored: nothing that it writes is kept. Takes two seconds or so. */
export async function openGuest(snapshot: Snapshot, signal?: AbortSignal): Promise<Guest> {
  return await Guest.open({
    parts: { ...snapshot.image, disk: `file=${snapshot.overlay},format=qcow2,snapshot=on` },
    snapshot: snapshot.memory,
    signal,
  });
}
