import { coreError } from '../errors.ts';

/** Everything that may vary in a header of ours; every other field is fixed. */
export interface TarEntry {
  readonly path: string;
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
}

export const BLOCK = 512;

const OCTAL_LIMIT = 8 ** 11;
const NAME = { offset: 0, length: 100 };
const SIZE = { offset: 124, length: 12 };
const MTIME = { offset: 136, length: 12 };
const CHECKSUM = { offset: 148, length: 8 };

/**
 * One ustar header (POSIX.1-1988), always in the same form: a regular file, mode 0600, no owner.
 *
 * A size from 8 GiB on is written in GNU base-256. It fits the same field, so the header of a streamed
 * payload can be filled in when its size is known, and every tar reads it. There is no pax header, ever.
 */
export function encodeTarHeader(entry: TarEntry): Uint8Array<ArrayBuffer> {
  const { path, size, mtime } = entry;
  if (!/^[!-~]{1,99}$/.test(path)) {
    throw coreError('INTERNAL', 'a path does not fit a tar header');
  }
  if (!Number.isSafeInteger(size) || size < 0) {
    throw coreError('INTERNAL', 'a size does not fit a tar header');
  }
  if (!Number.isSafeInteger(mtime) || mtime < 0 || mtime >= OCTAL_LIMIT) {
    throw coreError('INTERNAL', 'a time does not fit a tar header');
  }
  const block = Buffer.alloc(BLOCK);
  block.write(path, NAME.offset, 'latin1');
  block.write('0000600\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  if (size < OCTAL_LIMIT) {
    block.write(octal(size, 11), SIZE.offset, 'latin1');
  } else {
    block[SIZE.offset] = 0x80;
    block.writeBigUInt64BE(BigInt(size), SIZE.offset + 4);
  }
  block.write(octal(mtime, 11), MTIME.offset, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  block.write('0000000\0' + '0000000\0', 329, 'latin1');
  block.write(octal(checksum(block), 6) + '\0 ', CHECKSUM.offset, 'latin1');
  return block;
}

/** `null` unless the block is exactly what `encodeTarHeader` would have written. */
export function decodeTarHeader(block: Uint8Array): TarEntry | null {
  if (block.length !== BLOCK) return null;
  const path = nameIn(block);
  const size = sizeIn(block);
  const mtime = octalIn(block, MTIME);
  if (size === null || mtime === null || !/^[!-~]{1,99}$/.test(path)) return null;
  const entry = { path, size, mtime };
  return Buffer.compare(encodeTarHeader(entry), block) === 0 ? entry : null;
}

/** Whether a block that is not canonical looks like one of `path` that was damaged since. */
export function looksDamaged(block: Uint8Array, path: string): boolean {
  const named = nameIn(block) === path;
  if (block.length < BLOCK) return named;
  const stated = octalIn(block, { offset: CHECKSUM.offset, length: 7 });
  const magic = Buffer.from(block.subarray(257, 265)).toString('latin1') === 'ustar\x0000';
  return stated !== checksum(block) && (named || magic);
}

/** How many zero bytes follow content of this size. */
export function paddingAfter(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

interface Field {
  readonly offset: number;
  readonly length: number;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function checksum(block: Uint8Array): number {
  let sum = 0;
  for (const [at, byte] of block.entries()) {
    const inside = at >= CHECKSUM.offset && at < CHECKSUM.offset + CHECKSUM.length;
    sum += inside ? 0x20 : byte;
  }
  return sum;
}

function nameIn(block: Uint8Array): string {
  const field = Buffer.from(block.subarray(NAME.offset, NAME.offset + NAME.length));
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? field.length : end);
}

function octalIn(block: Uint8Array, field: Field): number | null {
  const digits = Buffer.from(block.subarray(field.offset, field.offset + field.length - 1));
  const text = digits.toString('latin1');
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : null;
}

function sizeIn(block: Uint8Array): number | null {
  if (block[SIZE.offset] !== 0x80) return octalIn(block, SIZE);
  const value = Buffer.from(block.subarray(SIZE.offset + 4, SIZE.offset + 12)).readBigUInt64BE();
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}
