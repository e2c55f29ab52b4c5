import { write } from 'node:fs';
import { promisify } from 'node:util';
import { coreError } from '../errors.ts';
import { PAYLOAD_PATH, envelopeCounter, mayEnd, mayFollow, sizeLimit } from './layout.ts';
import { BLOCK, encodeTarHeader, paddingAfter } from './tar-entry.ts';

const writeAt = promisify(write);

/** Writes the parts of a backup in their order. Misuse, such as a wrong order, is INTERNAL. */
export interface BackupWriter {
  /** Writes one part whole: README.txt, an envelope, the manifest or its signature. */
  writePart(path: string, bytes: Uint8Array): Promise<void>;
  /** Resolves to the offset from which the caller writes the payload itself. */
  beginPayload(): number;
  /** Writes the payload's header and padding, now that its size is known. */
  endPayload(size: number): Promise<void>;
  /** Ends the archive. Resolves to the size of the whole file. */
  finish(): Promise<number>;
}

/**
 * Starts a backup at the beginning of an empty, seekable file, which stays the caller's to sync and
 * close. All writes are positional. Every entry is given the time `created`, cut to whole seconds.
 * Errors of the file system are passed on as they are.
 */
export function backupWriter(fd: number, created: Date): BackupWriter {
  const mtime = Math.floor(created.getTime() / 1000);
  let cursor = 0;
  let previous: string | null = null;
  const tooMany = envelopeCounter();
  let payloadOffset: number | null = null;

  function enter(path: string): void {
    if (payloadOffset !== null || !mayFollow(previous, path)) {
      throw coreError('INTERNAL', `${path} was written out of order`);
    }
    const excess = tooMany(path);
    if (excess !== null) {
      throw coreError('ENVELOPE_INVALID', `no backup can hold ${excess}`);
    }
    previous = path;
  }

  return {
    async writePart(path, bytes) {
      const limit = sizeLimit(path);
      enter(path);
      if (limit === null || bytes.length > limit) {
        throw coreError('INTERNAL', `${path} is too large to be read again`);
      }
      const padding = new Uint8Array(paddingAfter(bytes.length));
      const header = encodeTarHeader({ path, size: bytes.length, mtime });
      const whole = Buffer.concat([header, bytes, padding]);
      await writeAll(fd, whole, cursor);
      cursor += whole.length;
    },

    beginPayload() {
      enter(PAYLOAD_PATH);
      payloadOffset = cursor + BLOCK;
      return payloadOffset;
    },

    async endPayload(size) {
      if (payloadOffset === null) throw coreError('INTERNAL', 'the payload was not begun');
      const padding = new Uint8Array(paddingAfter(size));
      await writeAll(fd, encodeTarHeader({ path: PAYLOAD_PATH, size, mtime }), cursor);
      await writeAll(fd, padding, payloadOffset + size);
      cursor = payloadOffset + size + padding.length;
      payloadOffset = null;
    },

    async finish() {
      if (payloadOffset !== null || !mayEnd(previous)) {
        throw coreError('INTERNAL', 'the backup was ended before all its parts were written');
      }
      await writeAll(fd, new Uint8Array(2 * BLOCK), cursor);
      return cursor + 2 * BLOCK;
    },
  };
}

async function writeAll(fd: number, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await writeAt(fd, bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
