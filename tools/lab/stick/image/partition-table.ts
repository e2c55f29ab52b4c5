import { rm } from 'node:fs/promises';

import { runTool } from '../../image/tool.ts';
import { makeVolume, type Format, type Volume } from './volume.ts';

export interface PartitionTable {
  readonly table: 'mbr' | 'gpt';
  readonly partitions: readonly Partition[];
}

interface Partition extends Volume {
  /** In MiB. Those without share what is left. */
  readonly mebibytes?: number;
}

const MIB = 2 ** 20;
/** In MiB: the table before the partitions, and the copy that GPT has behind them. */
const BEFORE = 1;
const BEHIND = 1;
/** What Windows has its file systems in. */
const BASIC_DATA = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';

/** Makes a sparse file of so many bytes with partitions in it. */
export async function makePartitioned(
  file: string,
  size: number,
  { table, partitions }: PartitionTable,
): Promise<void> {
  const taken = partitions.reduce((sum, it) => sum + (it.mebibytes ?? 0), 0);
  const sharing = partitions.filter((it) => it.mebibytes === undefined).length;
  const share = Math.floor((size / MIB - BEFORE - BEHIND - taken) / sharing);
  const script = [`label: ${table === 'mbr' ? 'dos' : 'gpt'}`];
  await runTool('truncate', ['-s', String(size), file]);
  let start = BEFORE;
  for (const partition of partitions) {
    const length = partition.mebibytes ?? share;
    const type = typeOf(partition.format, table);
    script.push(`start=${start}MiB, size=${length}MiB, type=${type}`);
    await place(file, start, length, partition);
    start += length;
  }
  await runTool('sfdisk', ['--quiet', '--no-reread', file], { input: `${script.join('\n')}\n` });
}

/** Not every program can make its file system in the middle of a file. */
async function place(file: string, start: number, length: number, volume: Volume): Promise<void> {
  const part = `${file}.part`;
  try {
    await makeVolume(part, length * MIB, volume);
    const to = ['bs=1M', `seek=${start}`, 'conv=notrunc,sparse', 'status=none'];
    await runTool('dd', [`if=${part}`, `of=${file}`, ...to]);
  } finally {
    await rm(part, { force: true });
  }
}

/** As sfdisk has it. */
function typeOf(format: Format | null, table: PartitionTable['table']): string {
  if (format === 'swap') return 'S';
  if (format === 'vfat') return table === 'gpt' ? BASIC_DATA : 'c';
  if (format === 'exfat' || format === 'ntfs') return table === 'gpt' ? BASIC_DATA : '7';
  return 'L';
}
