import { read, write } from 'node:fs';
import { promisify } from 'node:util';
import {
  decryptFile,
  DirectReader,
  encryptFile,
  encryptStream,
  HoldfastError,
  throwIfCancelled,
  type FileInput,
  type Identity,
  type PayloadOptions,
  type Recipient,
} from '@holdfast/age';
import { coreError } from './errors.ts';
import type { OpenSource } from './ports.ts';

const readAt = promisify(read);
const writeAt = promisify(write);

const BLOCK = 1024 * 1024;

/** A region of an open file. */
export interface Region {
  readonly fd: number;
  readonly offset: number;
}

export interface SealedPayload {
  /** Bytes of `secret.age`. */
  readonly size: number;
  /** Bytes of the secret. */
  readonly plaintextSize: number;
}

/** Encrypts a source into a region of an open file: on every core when the source is a file itself. */
export async function sealPayload(
  content: OpenSource['content'],
  output: Region,
  recipient: Recipient,
  options: PayloadOptions,
): Promise<SealedPayload> {
  if ('fd' in content) return await encryptFile(content, output, [recipient], options);
  let plaintextSize = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const bytes of content) {
      plaintextSize += bytes.length;
      options.onProgress?.(plaintextSize);
      yield bytes;
    }
  };
  let size = 0;
  for await (const bytes of encryptStream(counted(), [recipient], options)) {
    await writeAll(bytes, { fd: output.fd, offset: output.offset + size });
    size += bytes.length;
  }
  return { size, plaintextSize };
}

/** Copies a payload as it is. Resolves to its size. */
export async function copyPayload(
  payload: Required<FileInput>,
  output: Region,
  { signal, onProgress }: PayloadOptions,
): Promise<number> {
  const block = new Uint8Array(BLOCK);
  for (let done = 0; done < payload.size;) {
    throwIfCancelled(signal);
    const wanted = Math.min(BLOCK, payload.size - done);
    const { bytesRead } = await readAt(payload.fd, block, 0, wanted, payload.offset + done);
    if (bytesRead === 0)
      throw coreError('BACKUP_DAMAGED', 'the backup was cut short while it was read');
    await writeAll(block.subarray(0, bytesRead), { fd: output.fd, offset: output.offset + done });
    done += bytesRead;
    onProgress?.(done);
  }
  return payload.size;
}

async function writeAll(bytes: Uint8Array, { fd, offset }: Region): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await writeAt(fd, bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}

/** What a payload turned out to hold, digests in hex. */
export interface PayloadDigests {
  readonly plaintextSize: number;
  readonly segments: readonly string[];
  readonly digest: string;
  readonly plaintextDigest: string;
}

/**
 * Decrypts a payload, reading every byte of it once, and takes its digests on the way.
 * With `output`, the plaintext goes there: it is not to be trusted before this returns.
 */
export async function openPayload(
  payload: Required<FileInput>,
  output: Region | null,
  identity: Identity,
  options: PayloadOptions,
): Promise<PayloadDigests> {
  const opened = await decryptFile(payload, output, [identity], { ...options, digests: true });
  const { encrypted, plaintext } = opened;
  if (encrypted === undefined || plaintext === undefined) {
    throw coreError('INTERNAL', 'the payload was read without its digests');
  }
  return {
    plaintextSize: opened.size,
    segments: encrypted.segments.map(hex),
    digest: hex(encrypted.digest),
    plaintextDigest: hex(plaintext.digest),
  };
}

/** Whether it is the content that failed, rather than the file system or the caller. */
export function isAgeFailure(cause: unknown): boolean {
  return cause instanceof HoldfastError && /AGE|NO_IDENTITY_MATCHED/.test(String(cause.code));
}

/** The bytes of a payload, in order. */
export async function* readPayload(payload: Required<FileInput>): AsyncGenerator<Uint8Array> {
  const { fd, offset, size } = payload;
  const direct = payload.direct ? new DirectReader(BLOCK) : null;
  for (let done = 0; done < size;) {
    const block = new Uint8Array(Math.min(BLOCK, size - done));
    const count =
      direct === null
        ? (await readAt(fd, block, 0, block.length, offset + done)).bytesRead
        : await direct.read(fd, block, offset + done);
    if (count === 0)
      throw coreError('BACKUP_DAMAGED', 'the backup was cut short while it was read');
    yield block.subarray(0, count);
    done += count;
  }
}

/** Lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
