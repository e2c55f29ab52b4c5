import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';

import { throwIfCancelled } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import type { SecretSource } from '../ports.ts';
import { sameFile } from './fingerprint.ts';
import { sourceError } from './source-error.ts';
import { encodeTarHeader, TAR_END, tarPadding } from './tar-header.ts';
import { listTree, statEntry, treeName, type TreeEntry } from './tree.ts';

interface Part {
  readonly entry: TreeEntry;
  readonly header: Buffer;
}

/**
 * Files and folders together, as a tar that is the same whenever they are. Modes, owners and times (in
 * seconds) are kept; a symbolic link stays one, unless it was named itself. A single folder is the root
 * of the tar; several have their names below the folder above them all.
 *
 * Opening throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE, SOURCE_EMPTY (no file has any content) or
 * SOURCE_LINK_OUTSIDE; reading and finishing throw SOURCE_CHANGED.
 */
export function sourceFromFiles(paths: readonly string[]): SecretSource {
  return {
    name: treeName(paths),
    kind: 'tar',
    async open({ signal }) {
      throwIfCancelled(signal);
      const parts: Part[] = [];
      let size = TAR_END.length;
      let content = 0;
      for (const entry of await listTree(paths)) {
        throwIfCancelled(signal);
        const header = await encodeTarHeader(entry);
        const length = contentSize(entry);
        parts.push({ entry, header });
        content += length;
        size += header.length + length + tarPadding(length).length;
      }
      if (content === 0) throw coreError('SOURCE_EMPTY', `there is nothing in ${paths.join(', ')}`);
      return {
        size,
        origin: { kind: 'files', what: paths.map((path) => resolve(path)) },
        content: readTar(parts, signal),
        async finish(bytesRead) {
          throwIfCancelled(signal);
          if (bytesRead !== size) throw changed(paths.join(', '));
          for (const { entry } of parts) await assertUntouched(entry);
        },
        [Symbol.asyncDispose]: async () => await Promise.resolve(),
      };
    },
  };
}

async function* readTar(
  parts: readonly Part[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for (const { entry, header } of parts) {
    throwIfCancelled(signal);
    yield header;
    if (entry.type !== 'File') continue;
    yield* readEntry(entry, signal);
    yield tarPadding(contentSize(entry));
  }
  yield TAR_END;
}

async function* readEntry(
  entry: TreeEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { path, follow, stat } = entry;
  try {
    await using file = await open(path, constants.O_RDONLY | (follow ? 0 : constants.O_NOFOLLOW));
    if (!sameFile(stat, await file.stat({ bigint: true }))) throw changed(path);
    for (let left = contentSize(entry); left > 0;) {
      throwIfCancelled(signal);
      const buffer = Buffer.allocUnsafeSlow(Math.min(left, 1 << 20));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) throw changed(path);
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    if (!sameFile(stat, await file.stat({ bigint: true }))) throw changed(path);
  } catch (cause) {
    // It was there, and no link, when the tree was listed.
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw changed(path, cause);
    throw sourceError(cause, path);
  }
}

async function assertUntouched(entry: TreeEntry): Promise<void> {
  let now;
  try {
    now = await statEntry(entry.path, entry.follow);
  } catch (cause) {
    throw changed(entry.path, cause);
  }
  if (!sameFile(entry.stat, now)) throw changed(entry.path);
}

function changed(path: string, cause?: unknown): Error {
  return coreError('SOURCE_CHANGED', `${path} changed while it was read`, { cause });
}

function contentSize(entry: TreeEntry): number {
  return entry.type === 'File' ? Number(entry.stat.size) : 0;
}
