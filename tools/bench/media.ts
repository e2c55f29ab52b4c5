import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openFolder, putFile } from '@holdfast/media';

import { interleaved } from './interleaved.ts';
import type { Table } from './table.ts';

const MIB = 2 ** 20;
const SIZES = [
  { name: '1 MiB', size: MIB, rounds: 15 },
  { name: '1 GiB', size: 1024 * MIB, rounds: 3 },
] as const;
const FILE_SYSTEMS = ['ext4', 'xfs'] as const;

/** Putting a file on a volume, and reading it back from there, against the stock programs that do the same. */
export async function benchMedia(): Promise<Table[]> {
  const rows: string[][] = [];
  for (const fileSystem of FILE_SYSTEMS) {
    using volume = openLoopVolume(fileSystem);
    for (const { name, size, rounds } of SIZES) {
      volume.sh(`head -c ${size} /dev/urandom >input`);
      const seconds = await interleaved(rounds, {
        peer: () => {
          volume.sh('rm -f mnt/out; sync -f mnt');
          const started = performance.now();
          volume.sh(
            'cp input mnt/out && sync -f mnt && dd if=mnt/out of=/dev/null bs=4M iflag=direct',
          );
          return (performance.now() - started) / 1000;
        },
        holdfast: async () => {
          volume.sh('rm -f mnt/out; sync -f mnt');
          return await timePut(volume.path('input'), size, volume.path('mnt'));
        },
      });
      rows.push([
        `${name}, ${fileSystem}`,
        seconds.peer.toFixed(3),
        seconds.holdfast.toFixed(3),
        (seconds.holdfast / seconds.peer).toFixed(2),
      ]);
    }
  }
  return [
    {
      title: 'A file put on a volume and read back',
      note: 'On a loop mount whose image is read and written past the cache. The peer is `cp`, `sync` and a read past the cache; Holdfast also writes under a temporary name, renames, syncs three times more, and compares what it reads with what it wrote. In turn, after a warm-up; medians.',
      columns: ['file', 'peer, s', 'holdfast, s', 'of the peer'],
      rows,
    },
  ];
}

async function timePut(input: string, size: number, folder: string): Promise<number> {
  await using content = await open(input);
  await using volume = await openFolder(folder);
  const started = performance.now();
  const { proof } = await putFile(volume, 'out', { fd: content.fd, size });
  if (proof !== 'direct') throw new Error(`it was read back ${proof}`);
  return (performance.now() - started) / 1000;
}

interface LoopVolume extends Disposable {
  path(name: string): string;
  sh(script: string): void;
}

/** A file system of its own, mounted at `mnt`. Takes root. */
function openLoopVolume(fileSystem: string): LoopVolume {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-media-'));
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const sh = (script: string): void => {
    execFileSync('sh', ['-ec', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  sh(`truncate -s 3G image && mkfs.${fileSystem} -q image && mkdir mnt
    loop=$(losetup --find --show --direct-io=on image) && mount $loop mnt && echo $loop >loop`);
  return {
    path: (name) => join(folder, name),
    sh,
    [Symbol.dispose]: () => {
      sh('umount mnt; losetup --detach $(cat loop)');
      rmSync(folder, { recursive: true });
    },
  };
}
