import { mediaError } from '../../errors.ts';
import type { RunProgram } from '../program.ts';

/** One row of `lsblk`, with what is made of it. */
export interface BlockRow {
  readonly path: string;
  /** The kernel's own name, as in /sys/block. */
  readonly kernelName: string;
  /** `disk`, `part`, `crypt`, `lvm`, `raid1`, `loop`, `rom` … */
  readonly type: string;
  readonly number: string;
  readonly readOnly: boolean;
  readonly size: number;
  readonly fileSystem: string | null;
  readonly label: string | null;
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly children: readonly BlockRow[];
}

// Only with NAME does it tell what is made of what.
const COLUMNS = 'NAME,PATH,KNAME,TYPE,MAJ:MIN,RO,SIZE,FSTYPE,LABEL,UUID,SERIAL,VENDOR,MODEL';

/** @throws MEDIA_UNSUPPORTED when there is no `lsblk` that speaks JSON */
export async function readBlocks(run: RunProgram, signal?: AbortSignal): Promise<BlockRow[]> {
  const { status, stdout, stderr } = await run(
    'lsblk',
    ['--json', '--bytes', '--output', COLUMNS],
    { signal },
  );
  // A system without any disk at all: lsblk says nothing then, and ends with 32 or 64.
  if (stdout.trim() === '' && (status === 32 || status === 64)) return [];
  if (status !== 0 && stdout.trim() === '') {
    throw mediaError('MEDIA_UNSUPPORTED', `lsblk could not list the disks: ${stderr.trim()}`);
  }
  try {
    return parseBlocks(stdout);
  } catch (cause) {
    throw mediaError('MEDIA_UNSUPPORTED', 'lsblk answered something unexpected', { cause });
  }
}

/** @throws SyntaxError or TypeError for what is not the output of `lsblk --json` with our columns */
export function parseBlocks(json: string): BlockRow[] {
  return list(Reflect.get(JSON.parse(json) as object, 'blockdevices'));
}

function list(rows: unknown): BlockRow[] {
  if (!Array.isArray(rows)) throw new TypeError('lsblk: a list was expected');
  return rows.map(row);
}

function row(it: unknown): BlockRow {
  if (typeof it !== 'object' || it === null) throw new TypeError('lsblk: a row was expected');
  const value = (name: string): unknown => Reflect.get(it, name);
  // Empty strings, and the spaces that SCSI pads its names with, say nothing.
  const text = (name: string): string | null => {
    const raw = value(name);
    return typeof raw === 'string' && raw.trim() !== '' ? raw.trim() : null;
  };
  const must = (name: string): string => {
    const found = text(name);
    if (found === null) throw new TypeError(`lsblk: there is no ${name}`);
    return found;
  };
  return {
    path: must('path'),
    kernelName: must('kname'),
    type: must('type'),
    number: must('maj:min'),
    // Old ones write "1" and "123".
    readOnly: value('ro') === true || value('ro') === '1',
    size: Number(value('size') ?? 0),
    fileSystem: text('fstype'),
    label: text('label'),
    uuid: text('uuid'),
    serial: text('serial'),
    vendor: text('vendor'),
    model: text('model'),
    children: list(value('children') ?? []),
  };
}
