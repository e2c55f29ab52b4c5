import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { median, type Table } from './table.ts';
import { timed } from './timed.ts';

const HOLDFAST = join(import.meta.dirname, '../../apps/cli/dist/holdfast.js');
const ROUNDS = 3;

/** A whole backup of 1 GiB to a disk, against stock programs that do the same one after another. */
export async function benchWhole(): Promise<Table[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-whole-'));
  try {
    const sh = (script: string): string =>
      execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' }).trim();
    sh('age-keygen -o identity 2>/dev/null; head -c 1G /dev/urandom > input');
    const recipient = sh('age-keygen -y identity');
    const holdfast = `$T ${process.execPath} ${HOLDFAST} --state state`;
    const lines: Record<string, string> = {
      'age -r': `$T age -r ${recipient} -o input.age input`,
      sha256sum: '$T sha256sum input.age',
      sync: '$T sync input.age',
      'cmp with a copy': '$T cmp input.age copy.age',
      'holdfast backup': `${holdfast} backup ./input --recipient ${recipient} --to out.tar --force`,
      'holdfast verify': `${holdfast} verify out.tar`,
      'holdfast verify, opening it': `${holdfast} verify out.tar --identity identity`,
      'holdfast restore': `rm -f back; ${holdfast} restore out.tar --identity identity --to back`,
    };
    const rounds = Array.from({ length: ROUNDS + 1 }, () => {
      const costs = Object.entries(lines).map(([name, line]) => {
        if (name.startsWith('cmp'))
          copyFileSync(join(folder, 'input.age'), join(folder, 'copy.age'));
        return [name, timed(folder, line)] as const;
      });
      return new Map(costs);
    }).slice(1);
    const wall = (name: string): number =>
      median(rounds.map((costs) => costs.get(name)?.wall ?? 0));
    const peak = (name: string): number =>
      Math.max(...rounds.map((costs) => costs.get(name)?.peak ?? 0));
    const peers = Object.keys(lines).filter((name) => !name.startsWith('holdfast'));
    const together = peers.reduce((sum, name) => sum + wall(name), 0);
    const row = (name: string, seconds: number, megabytes: number): string[] => [
      name,
      seconds.toFixed(2),
      (seconds / together).toFixed(2),
      megabytes.toFixed(0),
    ];
    return [
      {
        title: 'A whole backup of 1 GiB to a disk',
        note: `Holdfast seals, syncs, reads back, decrypts, digests and signs; the peers do less, one after another. ${String(ROUNDS)} rounds after a warm-up; medians.`,
        columns: ['work', 'seconds', 'of the peers', 'peak MB'],
        rows: [
          ...peers.map((name) => row(`\`${name}\``, wall(name), peak(name))),
          row('the peers together', together, Math.max(...peers.map(peak))),
          ...Object.keys(lines)
            .filter((name) => !peers.includes(name))
            .map((name) => row(`\`${name}\``, wall(name), peak(name))),
        ],
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
