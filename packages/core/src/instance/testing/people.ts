import { execFile } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Outcome, Part } from './act-as.ts';

const run = promisify(execFile);

export const amRoot = process.getuid?.() === 0;

/** Two people who are nobody on this machine, by numbers alone. */
export const alice = { uid: 54_321, gid: 54_321, groups: [] };
export const bob = { uid: 54_322, gid: 54_322, groups: [] };

/** Acts in a process of its own, as that user. */
export async function actAs(part: Part): Promise<Outcome> {
  const program = join(import.meta.dirname, 'act-as.ts');
  const { stdout } = await run(process.execPath, [program, JSON.stringify(part)]);
  return JSON.parse(stdout) as Outcome;
}

/** A fresh folder in which everybody may make folders. */
export async function openPlace(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'holdfast-instance-'));
  await chmod(place, 0o777);
  return place;
}

/** A group that this machine has: one that is not ours for root, our own for everybody else. */
export async function someGroup(): Promise<{ name: string; gid: number }> {
  if (amRoot) {
    const { stdout } = await run('getent', ['group', 'users']);
    return { name: 'users', gid: Number(stdout.split(':')[2]) };
  }
  const { stdout } = await run('id', ['-gn']);
  return { name: stdout.trim(), gid: process.getgid?.() ?? 0 };
}
