import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from 'esbuild';

import type { Table } from './table.ts';
import { timed, timedInTurn, type CommandLine } from './timed.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Large files, against stock `age`: time, and memory that does not grow. Needs 22 GiB of disk. */
export async function benchBulk(): Promise<Table[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-bulk-'));
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < 22 * GIB) throw new Error(`${folder} has less than 22 GiB of space`);
    await bundleSubject(folder);
    const recipient = makeIdentity(folder);
    return [
      peersTable(folder, recipient, { size: 1 * GIB, name: '1 GiB', rounds: 5 }),
      peersTable(folder, recipient, {
        size: 4 * GIB,
        name: '4 GiB',
        rounds: 1,
        only: /to \/dev\/null$/,
      }),
      growthTable(folder, recipient),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As it ships: from source, Node would strip the types in every thread. */
async function bundleSubject(folder: string): Promise<void> {
  await build({
    entryPoints: {
      subject: join(import.meta.dirname, 'subject-age.ts'),
      'payload-worker': join(
        import.meta.dirname,
        '../../packages/age/src/payload/payload-worker.ts',
      ),
    },
    outdir: folder,
    outExtension: { '.js': '.js' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}

function makeIdentity(folder: string): string {
  execFileSync('age-keygen', ['-o', 'identity'], { cwd: folder, stdio: 'ignore' });
  return execFileSync('age-keygen', ['-y', 'identity'], { cwd: folder, encoding: 'utf8' }).trim();
}

/** A file of zeros: to encrypt them takes as long as anything else. */
function makeInput(folder: string, size: number): void {
  writeFileSync(join(folder, 'input'), '');
  truncateSync(join(folder, 'input'), size);
}

const HOLDFAST = `$T ${process.execPath} subject.js`;

interface Size {
  readonly size: number;
  readonly name: string;
  readonly rounds: number;
  readonly only?: RegExp;
}

function peersTable(folder: string, recipient: string, size: Size): Table {
  const { name, rounds, only = /./ } = size;
  makeInput(folder, size.size);
  timed(folder, `$T age -r ${recipient} -o input.age input`);
  const seal = `seal ${recipient}`;
  const open = 'open identity';
  const works: Record<string, { age: CommandLine; holdfast: CommandLine }> = {
    'seal, file to /dev/null': {
      age: `$T age -r ${recipient} -o /dev/null input`,
      holdfast: `${HOLDFAST} ${seal} input /dev/null`,
    },
    'seal, file to file': {
      age: `$T age -r ${recipient} -o output.age input`,
      holdfast: `${HOLDFAST} ${seal} input output.holdfast`,
    },
    'seal, pipe to /dev/null': {
      age: `cat input | $T age -r ${recipient} > /dev/null`,
      holdfast: `cat input | ${HOLDFAST} ${seal} - - > /dev/null`,
    },
    'seal, pipe to pipe': {
      age: `cat input | $T age -r ${recipient} | cat > /dev/null`,
      holdfast: `cat input | ${HOLDFAST} ${seal} - - | cat > /dev/null`,
    },
    'seal, file to /dev/null, one thread': {
      age: `$T age -r ${recipient} -o /dev/null input`,
      holdfast: `${HOLDFAST} ${seal} input /dev/null 1`,
    },
    'open, file to /dev/null': {
      age: '$T age -d -i identity -o /dev/null input.age',
      holdfast: `${HOLDFAST} ${open} input.age /dev/null`,
    },
    'open, file to file': {
      age: '$T age -d -i identity -o output.age input.age',
      holdfast: `${HOLDFAST} ${open} input.age output.holdfast`,
    },
    'open, pipe to /dev/null': {
      age: 'cat input.age | $T age -d -i identity > /dev/null',
      holdfast: `cat input.age | ${HOLDFAST} ${open} - - > /dev/null`,
    },
    'open, pipe to pipe': {
      age: 'cat input.age | $T age -d -i identity | cat > /dev/null',
      holdfast: `cat input.age | ${HOLDFAST} ${open} - - | cat > /dev/null`,
    },
  };
  const wanted = Object.entries(works).filter(([work]) => only.test(work));
  const rows = wanted.map(([work, lines]) => {
    const { age, holdfast } = timedInTurn(folder, rounds, lines);
    return [
      work,
      age.wall.toFixed(2),
      holdfast.wall.toFixed(2),
      (holdfast.wall / age.wall).toFixed(2),
      (holdfast.cpu / age.cpu).toFixed(2),
      holdfast.peak.toFixed(0),
    ];
  });
  return {
    title: `Bulk: ${name}, against age`,
    note: `Whole processes, in turn with stock age, ${rounds === 1 ? 'once' : `${rounds} times`} after a warm-up; medians. The clock runs for the whole pipeline, the cpu is that of the program alone.`,
    columns: ['work', 'age, s', 'holdfast, s', 'wall, of age', 'cpu, of age', 'peak MB'],
    rows,
  };
}

function growthTable(folder: string, recipient: string): Table {
  const rows = [1, 16, 64, 128, 1024, 4096, 10240].map((mebibytes) => {
    makeInput(folder, mebibytes * MIB);
    const rounds = mebibytes > 1024 ? 1 : 3;
    const seal = `${HOLDFAST} seal ${recipient} input input.age`;
    const { sealed } = timedInTurn(folder, rounds, { sealed: seal });
    const { opened, digested } = timedInTurn(folder, rounds, {
      opened: `${HOLDFAST} open identity input.age /dev/null`,
      digested: `${HOLDFAST} digest identity input.age /dev/null`,
    });
    return [
      mebibytes < 1024 ? `${mebibytes} MiB` : `${mebibytes / 1024} GiB`,
      ...[sealed, opened, digested].flatMap(({ wall, peak }) => [wall.toFixed(2), peak.toFixed(0)]),
    ];
  });
  return {
    title: 'Bulk: growth with size',
    note: 'Whole processes from file to file, to /dev/null, and to /dev/null with SHA-256 of both sides in the same pass. Memory must not grow.',
    columns: ['size', 'seal, s', 'peak MB', 'open, s', 'peak MB', 'open and digest, s', 'peak MB'],
    rows,
  };
}
