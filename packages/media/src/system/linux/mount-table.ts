import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Mount } from '../../ports.ts';

/** What is mounted, in this process's view. */
export interface MountTable {
  /** Where a volume is mounted, by the number of its blocks (`8:17`) or, for those without, its node. */
  of(number: string, node: string): readonly Mount[];
  readonly all: readonly MountLine[];
}

export interface MountLine extends Mount {
  readonly number: string;
  readonly source: string;
}

/** Reads /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export async function readMounts(proc: string): Promise<MountTable> {
  const all = parseMounts(await readFile(join(proc, 'self/mountinfo'), 'utf8'));
  return {
    all,
    of: (number, node) => all.filter((it) => it.number === number || it.source === node),
  };
}

export function parseMounts(text: string): MountLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ', 2);
      const [, , number, , path, options] = before.split(' ');
      const [driver, source, superOptions] = after.split(' ');
      if (number === undefined || path === undefined || driver === undefined) return [];
      const readOnly = [options, superOptions].some((it) => it?.split(',').includes('ro') === true);
      return [{ number, path: unescaped(path), source: unescaped(source ?? ''), driver, readOnly }];
    });
}

/** Spaces, tabs, newlines and backslashes are written in octal. */
export function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
