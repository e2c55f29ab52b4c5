import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { throwIfCancelled } from '@holdfast/age';
import { coreError } from '../errors.ts';
import type { OpenSource, SecretSource } from '../ports.ts';
import { openFifo } from './fifo.ts';
import { sameFile } from './fingerprint.ts';
import { sourceError } from './source-error.ts';

/**
 * A file, links followed; also a FIFO or a character device, read to its end.
 *
 * Opening throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE (also for a folder) or SOURCE_EMPTY. Finishing
 * throws SOURCE_CHANGED when it was written to, cut or replaced since.
 */
export function sourceFromFile(path: string): SecretSource {
  return {
    name: basename(path),
    kind: 'file',
    async open({ signal }) {
      throwIfCancelled(signal);
      try {
        const kind = await stat(path);
        if (kind.isDirectory()) {
          throw coreError('SOURCE_UNREADABLE', `this is a folder, not a file: ${path}`);
        }
        const file = kind.isFIFO() ? await openFifo(path, signal) : await open(path, 'r');
        return await opened(file, path, signal);
      } catch (cause) {
        throw sourceError(cause, path);
      }
    },
  };
}

async function opened(
  file: FileHandle,
  path: string,
  signal: AbortSignal | undefined,
): Promise<OpenSource> {
  try {
    const before = await file.stat({ bigint: true });
    // Files of /proc say that they are empty and are not; those are read like a pipe.
    const counted = before.isFile() && before.size > 0n;
    if (before.isFile() && !counted && (await isEmpty(file))) {
      throw coreError('SOURCE_EMPTY', `${path} is empty`);
    }
    const size = counted ? Number(before.size) : null;
    return {
      size,
      origin: before.isFile() ? { kind: 'file', what: [resolve(path)] } : null,
      content: size === null ? { fd: file.fd } : { fd: file.fd, offset: 0, size },
      async finish(bytesRead) {
        throwIfCancelled(signal);
        if (bytesRead === 0) throw coreError('SOURCE_EMPTY', `${path} is empty`);
        if (size === null) return;
        if (bytesRead !== size || !(await isUntouched(file, path, before))) {
          throw coreError('SOURCE_CHANGED', `${path} changed while it was read`);
        }
      },
      async [Symbol.asyncDispose]() {
        await file.close();
      },
    };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

async function isEmpty(file: FileHandle): Promise<boolean> {
  return (await file.read(Buffer.alloc(1), 0, 1, 0)).bytesRead === 0;
}

/** Asks the open file and its name: another file may have been renamed over it. */
async function isUntouched(file: FileHandle, path: string, before: BigIntStats): Promise<boolean> {
  try {
    const [now, named] = await Promise.all([
      file.stat({ bigint: true }),
      stat(path, { bigint: true }),
    ]);
    return sameFile(before, now) && sameFile(before, named);
  } catch {
    return false;
  }
}
