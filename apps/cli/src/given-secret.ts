import { closeSync, fstatSync, readSync } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@holdfast/core';
import { reasonOf, unreadable, usageError } from './usage.ts';

/** No password is longer, and no file that is larger was meant as one. */
const LIMIT = 64 * 1024;

/** Where a password or PIN may have been given, other than on the keyboard. */
export interface SecretPlace {
  readonly what: 'password' | 'PIN';
  readonly file?: string | undefined;
  readonly fd?: number | undefined;
  /** Name of a systemd credential, tried when neither file nor descriptor is given. */
  readonly credential: string;
}

/** Whether it was given by other means than the keyboard. */
export async function isGiven(place: SecretPlace): Promise<boolean> {
  return (
    place.file !== undefined || place.fd !== undefined || (await credentialPath(place)) !== null
  );
}

/**
 * Reads what was given by file, descriptor or systemd credential, in this order. One newline
 * at its end does not belong to it. The result is the caller's to dispose.
 */
export async function openGivenSecret(
  place: SecretPlace,
  note: (text: string) => void,
): Promise<Secret> {
  if (place.file !== undefined && place.fd !== undefined) {
    throw await usageError(`a ${place.what} comes from a file or from a descriptor, not from both`);
  }
  if (place.file !== undefined) return await fromFile(place.what, place.file, note);
  if (place.fd !== undefined) return await fromDescriptor(place.what, place.fd);
  const path = await credentialPath(place);
  if (path === null) throw new TypeError(`no ${place.what} was given`);
  return await fromFile(place.what, path, () => undefined);
}

async function credentialPath({ credential }: SecretPlace): Promise<string | null> {
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') return null;
  const path = join(folder, credential);
  return await access(path).then(
    () => path,
    () => null,
  );
}

async function fromFile(
  what: SecretPlace['what'],
  path: string,
  note: (text: string) => void,
): Promise<Secret> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    await using file = await open(path);
    const status = await file.stat();
    if (status.isFile() && (status.mode & 0o004) !== 0) {
      note(`note: every user of this machine can read the ${what} in ${path} (chmod 600)`);
    }
    bytes = await readAll(file.fd);
  } catch (cause) {
    throw await unreadable(`the ${what} file`, path, cause);
  }
  return await withoutLineEnd(bytes, what, path);
}

async function fromDescriptor(what: SecretPlace['what'], fd: number): Promise<Secret> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const status = fstatSync(fd);
    // Node has descriptors of its own, of other kinds; nobody meant one of those.
    if (!(status.isFile() || status.isFIFO() || status.isSocket() || status.isCharacterDevice())) {
      throw Object.assign(new Error('not a file or pipe'), { code: 'EBADF' });
    }
    bytes = await readAll(fd);
    if (fd > 2) closeSync(fd);
  } catch (cause) {
    throw await usageError(
      `the ${what} cannot be read from descriptor ${String(fd)} (${reasonOf(cause)})`,
      `Open it in the shell, as in: --${what.toLowerCase()}-fd 3 3< FILE.`,
    );
  }
  return await withoutLineEnd(bytes, what, `descriptor ${String(fd)}`);
}

/** All bytes up to just over the limit. Nothing is left in buffers that nobody wipes. */
async function readAll(fd: number): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(LIMIT + 1);
  let length = 0;
  while (length < buffer.length) {
    try {
      const count = readSync(fd, buffer, length, buffer.length - length, null);
      if (count === 0) break;
      length += count;
    } catch (cause) {
      if (reasonOf(cause) !== 'EAGAIN') throw cause;
      // A pipe that does not wait for its writer: so do we.
      await sleep(10);
    }
  }
  const bytes = buffer.slice(0, length);
  buffer.fill(0);
  return bytes;
}

async function withoutLineEnd(
  bytes: Uint8Array<ArrayBuffer>,
  what: SecretPlace['what'],
  from: string,
): Promise<Secret> {
  const { Secret } = await import('@holdfast/core');
  using whole = Secret.take(bytes);
  if (bytes.length > LIMIT) throw await usageError(`${from} is too large to be a ${what}`);
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end -= bytes[end - 2] === 0x0d ? 2 : 1;
  return Secret.copy(whole.bytes.subarray(0, end));
}
