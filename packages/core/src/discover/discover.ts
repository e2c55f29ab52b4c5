import { realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { throwIfCancelled } from '@holdfast/age';
import { coreError } from '../errors.ts';
import { sourceError } from '../sources/source-error.ts';
import { findsOf, type Find } from './find.ts';
import type { KnownSecret } from './known.ts';
import { luksVolumes, type LuksVolume } from './luks.ts';
import { nameGiver } from './offer.ts';
import type { Preset } from './preset.ts';
import { PRESETS } from './presets.ts';
import { rootedAt, type Blind } from './rooted.ts';

export interface DiscoverRequest {
  /** Folder to take for `/`, such as a disk that is mounted. */
  readonly root?: string | undefined;
  /** Home folders of users, seen from the root; `*` for any name. `/root`, `/home/*` and our own without it. */
  readonly homes?: readonly string[] | undefined;
  /** What to look for. */
  readonly presets?: readonly Preset[] | undefined;
  /** What was backed up before. */
  readonly known?: readonly KnownSecret[] | undefined;
  /** For tests: other block devices. */
  readonly blocks?: ((blind: (it: Blind) => void) => Promise<readonly LuksVolume[]>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each preset before it is looked for. */
  readonly onProgress?: ((progress: DiscoverProgress) => void) | undefined;
}

export interface DiscoverProgress {
  readonly preset: Preset;
  readonly done: number;
  readonly total: number;
}

export interface Discovery {
  /** Absolute. */
  readonly root: string;
  readonly finds: readonly Find[];
  /** Where it could not look: something may be there. */
  readonly unseen: readonly Unseen[];
  /** What was looked for, and is not there. */
  readonly notFound: readonly Preset[];
}

export interface Unseen extends Blind {
  /** What may be there, by the ids of presets. */
  readonly presets: readonly string[];
}

const HOMES = ['/root', '/home/*'];

/**
 * Looks in the well-known places of well-known software for the secrets that it cannot live without. It reads names,
 * links and status of files, and asks lsblk for block devices; it opens nothing and changes nothing.
 *
 * @throws SOURCE_NOT_FOUND or SOURCE_UNREADABLE for the root, CANCELLED
 */
export async function discover(request: DiscoverRequest = {}): Promise<Discovery> {
  const { presets = PRESETS, known = [], signal, onProgress } = request;
  const root = await folderAt(resolve(request.root ?? '/'));
  const homes = request.homes ?? [...HOMES, ...(root === '/' ? ownHome() : [])];
  const finds: Find[] = [];
  const notFound: Preset[] = [];
  const hidden = new Map<string, { why: string; presets: Set<string> }>();
  let current = '';
  const blind = ({ path, why }: Blind): void => {
    const entry = hidden.get(path) ?? { why, presets: new Set<string>() };
    hidden.set(path, entry);
    entry.presets.add(current);
  };
  const search = {
    ...{ tree: rootedAt(root, blind), homes, known, blind },
    nameFor: nameGiver(),
    luks: async () => await blocksOf(root, request, blind),
  };
  for (const [done, preset] of presets.entries()) {
    throwIfCancelled(signal);
    onProgress?.({ preset, done, total: presets.length });
    current = preset.id;
    const found = await findsOf(preset, search);
    if (found.length === 0) notFound.push(preset);
    finds.push(...found);
  }
  const unseen = [...hidden].map(([path, { why, presets: its }]) => ({
    path,
    why,
    presets: [...its],
  }));
  return { root, finds, unseen, notFound };
}

async function blocksOf(
  root: string,
  { blocks, signal }: DiscoverRequest,
  blind: (it: Blind) => void,
): Promise<readonly LuksVolume[]> {
  if (blocks !== undefined) return await blocks(blind);
  if (root === '/') return await luksVolumes(blind, signal);
  blind({ path: '/dev', why: 'block devices are those of this machine, not of the root given' });
  return [];
}

/** Of whoever asks, wherever the system keeps it. */
function ownHome(): string[] {
  try {
    return [userInfo().homedir];
  } catch {
    // A user without an entry, as in a container.
    return [];
  }
}

/** Its own path, without links. */
async function folderAt(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (cause) {
    throw sourceError(cause, path);
  }
  throw coreError('SOURCE_UNREADABLE', `this is no folder: ${path}`);
}
