import { constants } from 'node:fs';
import { chmod, lchown, lutimes, mkdir, open, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';

import { throwIfCancelled } from '@holdfast/age';
import { isSystemError, permitted } from '@holdfast/media/durable';
import { innerLinkTarget } from '../sources/inner-link.ts';
import { readTarEntries, type TarredEntry, unsafe } from './tar-reader.ts';

/**
 * Extracts a payload's tar into an empty folder that nobody else can enter, and makes it durable.
 *
 * Nothing is ever written through a link: the links are made last, and one that leaves the folder is
 * PAYLOAD_UNSAFE, as is any name that does. `folders` is filled as they are made, for cleaning up.
 */
export async function extractTar(
  plaintext: AsyncIterable<Uint8Array>,
  folder: string,
  folders: string[],
  signal: AbortSignal | undefined,
): Promise<{ root: boolean }> {
  const names = new Set<string>();
  const made = new Map<string, TarredEntry | null>([['.', null]]);
  const links: TarredEntry[] = [];
  for await (const entry of readTarEntries(plaintext)) {
    throwIfCancelled(signal);
    assertSafe(entry, names, made);
    names.add(entry.name);
    const path = join(folder, entry.name);
    if (entry.type === 'SymbolicLink') links.push(entry);
    else if (entry.type === 'File') await extractFile(entry, path, signal);
    else {
      if (entry.name !== '.') await mkdir(path, 0o700);
      made.set(entry.name, entry);
      folders.push(path);
    }
  }
  for (const link of links) await makeLink(link, join(folder, link.name));
  for (const [name, entry] of [...made].reverse()) await finishFolder(join(folder, name), entry);
  return { root: made.get('.') !== null };
}

function assertSafe(
  { name, type, target }: TarredEntry,
  names: ReadonlySet<string>,
  folders: ReadonlyMap<string, unknown>,
): void {
  if (names.has(name)) throw unsafe(`its tar names ${name} twice`);
  if (name === '.' && type === 'Directory') return;
  const parts = name.split('/');
  if (name.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw unsafe(`its tar has a name that leaves the folder: ${JSON.stringify(name)}`);
  }
  if (!folders.has(posix.dirname(name))) throw unsafe(`its tar has no folder for ${name}`);
  if (type === 'SymbolicLink' && innerLinkTarget(name, target) === null) {
    throw unsafe(`its tar has a link that leaves the folder: ${name}`);
  }
}

async function extractFile(
  entry: TarredEntry,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  await using file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  for await (const bytes of entry.content) {
    throwIfCancelled(signal);
    for (let done = 0; done < bytes.length;) {
      done += (await file.write(bytes, done, bytes.length - done, null)).bytesWritten;
    }
  }
  const owner = ownerToGive(entry);
  if (owner) await permitted(file.chown(owner.uid, owner.gid));
  // Set-user-id and the like never come out of a backup.
  await permitted(file.chmod(entry.mode & 0o777));
  await permitted(file.utimes(entry.mtime, entry.mtime));
  await file.sync();
}

async function makeLink(entry: TarredEntry, path: string): Promise<void> {
  await symlink(entry.target, path);
  const owner = ownerToGive(entry);
  if (owner) await permitted(lchown(path, owner.uid, owner.gid));
  await permitted(lutimes(path, entry.mtime, entry.mtime));
}

/** Comes last, from the inside out: making an entry changes its folder's time. */
async function finishFolder(path: string, entry: TarredEntry | null): Promise<void> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  if (entry) {
    const owner = ownerToGive(entry);
    if (owner) await permitted(handle.chown(owner.uid, owner.gid));
    await permitted(handle.chmod(entry.mode & 0o3777));
    await permitted(handle.utimes(entry.mtime, entry.mtime));
  }
  try {
    await handle.sync();
  } catch (cause) {
    if (!isSystemError(cause, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw cause;
  }
}

/** Only root can give files away; anyone else owns what they restore. */
function ownerToGive({ uid, gid }: TarredEntry): { uid: number; gid: number } | null {
  if (process.geteuid?.() !== 0 || uid === undefined || gid === undefined) return null;
  return { uid, gid };
}

/** Lets the owner remove folders that came out of the tar without that permission. */
export async function makeRemovable(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await chmod(folder, 0o700).catch(() => undefined);
}
