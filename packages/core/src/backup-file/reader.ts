import { fstat, read } from 'node:fs';
import { promisify } from 'node:util';
import { readDirect, type FileInput } from '@holdfast/age';
import { coreError } from '../errors.ts';
import {
  COMBINER_PATH,
  MANIFEST_PATH,
  PAYLOAD_PATH,
  README_PATH,
  SIGNATURE_PATH,
  envelopeCounter,
  mayEnd,
  mayFollow,
  parseEnvelopePath,
  sizeLimit,
} from './layout.ts';
import { sha256Hex, type Manifest } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import {
  BLOCK,
  decodeTarHeader,
  isZero,
  looksDamaged,
  paddingAfter,
  type TarEntry,
} from './tar-entry.ts';

const readAt = promisify(read);
const statOf = promisify(fstat);

/** A backup whose parts are whole and are those of its manifest. Nothing is said about its signature. */
export interface BackupFile {
  readonly manifest: Manifest;
  /** What the signature covers. */
  readonly manifestBytes: Uint8Array;
  /** As found, unchecked; `null` when the backup is not signed. */
  readonly signature: Uint8Array | null;
  readonly readme: Uint8Array;
  /** `null` without a quorum. */
  readonly combiner: Uint8Array | null;
  /** Where secret.age lies. Its content was not read: its digests are yet to be checked. */
  readonly payload: { readonly offset: number; readonly size: number };
  /** Content of the envelope files by path, in the order of the manifest. */
  readonly envelopes: ReadonlyMap<string, Uint8Array>;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** An open file; `direct` when it was opened to be read past the system's cache. */
export type OpenFile = Pick<FileInput, 'fd' | 'direct'>;

/**
 * Reads everything but the payload of a backup, by positional reads; the file stays the caller's.
 *
 * Safe against any content: each length is bounded before it is allocated, and no path in the file is
 * ever used as one. Throws NOT_A_BACKUP when it does not begin like a backup, FORMAT_UNSUPPORTED, and
 * BACKUP_DAMAGED for everything that is not exactly as a backup is written, naming the part.
 */
export async function readBackupFile(file: OpenFile): Promise<BackupFile> {
  const size = await sizeOf(file);
  const archive = await readArchive(file, size);
  const readme = archive.parts.get(README_PATH);
  const manifestBytes = archive.parts.get(MANIFEST_PATH);
  if (readme === undefined || manifestBytes === undefined || archive.payload === null) {
    throw damaged('parts of the backup are missing');
  }
  const manifest = await parseManifest(manifestBytes);
  const envelopes = new Map(
    [...archive.parts].filter(([path]) => parseEnvelopePath(path) !== null),
  );
  if (archive.mtime * 1000 !== Date.parse(manifest.created)) {
    throw damaged('the times in the archive are not the time in the manifest');
  }
  if (manifest.payload.size !== archive.payload.size) {
    throw damaged(`${PAYLOAD_PATH} does not have the size that the manifest states`);
  }
  requireDigest(README_PATH, readme, manifest.readme.sha256);
  const combiner = archive.parts.get(COMBINER_PATH) ?? null;
  if ((combiner === null) !== (manifest.combiner === undefined)) {
    throw damaged(`${COMBINER_PATH} is ${combiner === null ? 'missing' : 'not in the manifest'}`);
  }
  if (combiner !== null && manifest.combiner !== undefined) {
    requireDigest(COMBINER_PATH, combiner, manifest.combiner.sha256);
  }
  requireListed(envelopes, manifest);
  return {
    manifest,
    manifestBytes,
    signature: archive.parts.get(SIGNATURE_PATH) ?? null,
    readme,
    combiner,
    payload: archive.payload,
    envelopes,
    size,
  };
}

interface Archive {
  readonly parts: ReadonlyMap<string, Uint8Array>;
  readonly payload: { offset: number; size: number } | null;
  readonly mtime: number;
}

/** Walks over the tar. What it returns is in order, complete and within bounds. */
async function readArchive(file: OpenFile, fileSize: number): Promise<Archive> {
  const first = await readFirstHeader(file, fileSize);
  const parts = new Map<string, Uint8Array>();
  let payload: Archive['payload'] = null;
  const tooMany = envelopeCounter();
  let cursor = 0;
  let entry: TarEntry | null = first;
  let previous: string | null = null;
  while (entry !== null) {
    const { path, size } = entry;
    if (!mayFollow(previous, path))
      throw damaged(`something does not belong there, ${after(previous)}`);
    const excess = tooMany(path);
    if (excess !== null) throw damaged(`there are ${excess}`);
    if (entry.mtime !== first.mtime) throw damaged(`the tar header of ${path} has another time`);
    const limit = sizeLimit(path);
    if (limit !== null && size > limit) throw damaged(`${path} is larger than it can be`);
    cursor += BLOCK;
    const padding = paddingAfter(size);
    if (cursor + size + padding > fileSize) throw damaged(`the file is cut short inside ${path}`);
    let tail: Uint8Array;
    if (limit === null) {
      payload = { offset: cursor, size };
      tail = await readExactly(file, cursor + size, padding);
    } else {
      const padded = await readExactly(file, cursor, size + padding);
      parts.set(path, padded.subarray(0, size));
      tail = padded.subarray(size);
    }
    if (!isZero(tail)) throw damaged(`the padding behind ${path} is not empty`);
    cursor += size + padding;
    previous = path;
    entry = await readNextHeader(file, fileSize, cursor, previous);
  }
  if (!mayEnd(previous)) throw damaged(`the archive ends too early, ${after(previous)}`);
  const end = fileSize - cursor;
  if (end < 2 * BLOCK) throw damaged('the file is cut short at its end');
  if (end > 2 * BLOCK) throw damaged('something was appended to the file');
  if (!isZero(await readExactly(file, cursor, end)))
    throw damaged('the end of the archive is not empty');
  return { parts, payload, mtime: first.mtime };
}

async function readFirstHeader(file: OpenFile, fileSize: number): Promise<TarEntry> {
  const block = await readExactly(file, 0, Math.min(BLOCK, fileSize));
  const entry = decodeTarHeader(block);
  if (entry?.path === README_PATH) return entry;
  if (looksDamaged(block, README_PATH))
    throw damaged(`the tar header of ${README_PATH} is damaged`);
  throw coreError('NOT_A_BACKUP', 'it does not begin like a backup');
}

/** `null` at the end of the archive, which is left to the caller to check. */
async function readNextHeader(
  file: OpenFile,
  fileSize: number,
  offset: number,
  previous: string,
): Promise<TarEntry | null> {
  if (offset + BLOCK > fileSize) throw damaged(`the file is cut short ${after(previous)}`);
  const block = await readExactly(file, offset, BLOCK);
  if (isZero(block)) return null;
  const entry = decodeTarHeader(block);
  if (entry === null) throw damaged(`there is no proper tar header ${after(previous)}`);
  return entry;
}

function requireListed(envelopes: ReadonlyMap<string, Uint8Array>, manifest: Manifest): void {
  const listed = manifest.envelopes.flatMap(({ files }) => files);
  for (const { path, sha256 } of listed) {
    const bytes = envelopes.get(path);
    if (bytes === undefined) throw damaged(`${path} is missing`);
    requireDigest(path, bytes, sha256);
  }
  const paths = new Set(listed.map(({ path }) => path));
  for (const path of envelopes.keys()) {
    if (!paths.has(path)) throw damaged(`${path} is not in the manifest`);
  }
}

function requireDigest(path: string, bytes: Uint8Array, expected: string): void {
  if (sha256Hex(bytes) !== expected) {
    throw damaged(`${path} is not what the manifest describes`);
  }
}

async function sizeOf({ fd }: OpenFile): Promise<number> {
  try {
    const stats = await statOf(fd);
    if (stats.isFile()) return stats.size;
  } catch (cause) {
    throw damaged('the file could not be read', { cause });
  }
  throw coreError('NOT_A_BACKUP', 'it is not a regular file');
}

async function readExactly(file: OpenFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const bytesRead = await readSome(file, bytes.subarray(done), offset + done);
    if (bytesRead === 0) throw damaged('the file became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

async function readSome(
  { fd, direct = false }: OpenFile,
  into: Uint8Array,
  offset: number,
): Promise<number> {
  try {
    if (direct) return await readDirect(fd, into, offset);
    const { bytesRead } = await readAt(fd, into, 0, into.length, offset);
    return bytesRead;
  } catch (cause) {
    throw damaged('the file could not be read to its end', { cause });
  }
}

function after(previous: string | null): string {
  return previous === null ? 'at the beginning' : `behind ${previous}`;
}

function damaged(message: string, options?: ErrorOptions): Error {
  return coreError('BACKUP_DAMAGED', message, options);
}
