import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { throwIfCancelled } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';
import * as z from 'zod';
import type { Blind } from './rooted.ts';

/** A block device that is encrypted with LUKS, as the system tells of it. */
export interface LuksVolume {
  /** `/dev/sda2`. */
  readonly node: string;
  readonly uuid: string | null;
}

const run = promisify(execFile);
const TOLD = z.object({
  blockdevices: z.array(
    z.object({ path: z.string(), fstype: z.string().nullable(), uuid: z.string().nullable() }),
  ),
});

/** Asks `lsblk`; nothing of a device is read here. What it cannot say is told to `blind`. */
export async function luksVolumes(
  blind: (it: Blind) => void,
  signal?: AbortSignal,
): Promise<readonly LuksVolume[]> {
  const args = ['--json', '--list', '--output', 'PATH,FSTYPE,UUID'];
  try {
    const { stdout } = await run('lsblk', args, {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      ...(signal && { signal }),
    });
    const { volumes, known } = parseLuks(stdout);
    if (!known)
      blind({ path: '/dev', why: 'the system does not say what is on its block devices' });
    return volumes;
  } catch (cause) {
    throwIfCancelled(signal);
    blind({ path: '/dev', why: `lsblk did not list the block devices (${reason(cause)})` });
    return [];
  }
}

/**
 * `known` is whether the system knows of anything on them at all: where udev does not run, it does not.
 *
 * @throws SyntaxError or ZodError for what is not the output of `lsblk --json --list` with our columns
 */
export function parseLuks(json: string): {
  readonly volumes: readonly LuksVolume[];
  readonly known: boolean;
} {
  const rows = TOLD.parse(JSON.parse(json)).blockdevices;
  const volumes = new Map<string, LuksVolume>();
  for (const { path, fstype, uuid } of rows) {
    if (fstype === 'crypto_LUKS') volumes.set(path, { node: path, uuid });
  }
  const known = rows.length === 0 || rows.some(({ fstype }) => fstype !== null);
  return { volumes: [...volumes.values()], known };
}

function reason(cause: unknown): string {
  if (isSystemError(cause, 'ENOENT')) return 'there is none';
  return cause instanceof Error && 'code' in cause
    ? `it ended with ${String(cause.code)}`
    : 'it answered something unexpected';
}
