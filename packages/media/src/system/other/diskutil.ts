import { mediaError } from '../../errors.ts';
import type { Medium, MountOptions, SystemMount, Volume } from '../../ports.ts';
import type { Ending, RunProgram } from '../program.ts';
import { parseDiskutilList, type ListedDisk } from './diskutil-list.ts';

/** A slow stick takes its time to write what it was given. */
const PATIENCE = 30 * 60_000;
/** Nothing on a stick runs, is a device or changes who one is. */
const SAFE = 'nosuid,nodev,noexec';

/** @throws MEDIA_UNSUPPORTED when `diskutil` cannot be asked */
export async function listDisks(run: RunProgram, signal?: AbortSignal): Promise<ListedDisk[]> {
  const ending = await run('diskutil', ['list'], { signal });
  const listed = ending.status === 0 ? parseDiskutilList(ending.stdout) : [];
  if (listed.length > 0) return listed;
  throw mediaError('MEDIA_UNSUPPORTED', `diskutil could not list the disks: ${reason(ending)}`);
}

/**
 * Mounts a volume through `diskutil mount`. Versions of it that know no mount options mount plainly: then programs
 * on the stick could be run, but neither as another user nor as devices.
 *
 * @throws MOUNT_FAILED
 */
export async function mountVolume(
  run: RunProgram,
  { node }: Volume,
  { readOnly, signal }: MountOptions,
): Promise<SystemMount> {
  // Somebody's desktop was quicker: then it is mounted, and is not ours to unmount.
  const there = await mountPoint(run, node, signal);
  if (there !== null) return { path: there, unmount: async () => undefined };
  const mount = readOnly ? ['mount', 'readOnly'] : ['mount'];
  let ending = await run('diskutil', [...mount, '-mountOptions', SAFE, node], { signal });
  if (ending.status !== 0) ending = await run('diskutil', [...mount, node], { signal });
  const path = ending.status === 0 ? await mountPoint(run, node, signal) : null;
  if (path === null) {
    throw mediaError('MOUNT_FAILED', `${node} could not be mounted: ${reason(ending)}`);
  }
  return { path, unmount: async () => await unmountNode(run, node) };
}

/** @throws MEDIUM_BUSY */
export async function unmountVolumes(run: RunProgram, volumes: readonly Volume[]): Promise<void> {
  for (const { node, fileSystem } of volumes) {
    if (fileSystem !== null) await unmountNode(run, node);
  }
}

/** @throws EJECT_FAILED; MEDIUM_BUSY when something on it is used again */
export async function ejectDisk(run: RunProgram, { node }: Medium): Promise<void> {
  const ending = await run('diskutil', ['eject', node], { patience: PATIENCE });
  if (ending.status === 0) return;
  const busy = /dissent|could not be unmounted|busy/i.test(ending.stderr + ending.stdout);
  throw mediaError(
    busy ? 'MEDIUM_BUSY' : 'EJECT_FAILED',
    `${node} could not be ejected: ${reason(ending)}`,
  );
}

async function unmountNode(run: RunProgram, node: string): Promise<void> {
  const ending = await run('diskutil', ['unmount', node], { patience: PATIENCE });
  if (ending.status === 0 || /already unmounted/i.test(ending.stderr + ending.stdout)) return;
  throw mediaError('MEDIUM_BUSY', `${node} could not be unmounted: ${reason(ending)}`);
}

async function mountPoint(
  run: RunProgram,
  node: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { status, stdout } = await run('diskutil', ['info', node], { signal });
  if (status !== 0) return null;
  return /^\s*Mount Point:\s+(?<path>\/.*)$/m.exec(stdout)?.groups?.['path'] ?? null;
}

/** What it said, in one line; some of its errors are on standard output. */
function reason({ stderr, stdout }: Ending): string {
  const said = stderr.trim() === '' ? stdout : stderr;
  const lines = said.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join('; ') || 'for no reason that it told';
}
