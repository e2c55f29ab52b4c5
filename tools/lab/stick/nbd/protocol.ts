/**
 * Network Block Device, as far as QEMU needs it of a server: fixed newstyle handshake, simple replies
 * (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md). Everything is big-endian.
 */
export const OPTION = { exportName: 1, abort: 2, info: 6, go: 7 } as const;
export const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3 } as const;
export const OPTION_HEADER = 16;
export const REQUEST_HEADER = 28;

/** Errors that a disk can answer with. */
export type DiskErrorCode = keyof typeof ERROR_NUMBER;

export interface Request {
  readonly command: number;
  /** Comes back with the answer. */
  readonly handle: Buffer;
  readonly offset: number;
  readonly length: number;
}

const ERROR_NUMBER = { EPERM: 1, EIO: 5, EINVAL: 22, ENOSPC: 28 } as const;
const OPTION_REPLY_MAGIC = 0x3_e889_0455_65a9n;
const REPLY_MAGIC = 0x6744_6698;
const REPLY_TYPE = { acknowledge: 1, info: 3, unsupported: 0x8000_0001 } as const;
/** Fixed newstyle, and no zeroes that nobody needs. */
const HANDSHAKE_FLAGS = 0b11;
const EXPORT_FLAGS = { hasFlags: 1, readOnly: 2, sendFlush: 4 } as const;

export function encodeGreeting(): Buffer {
  const greeting = Buffer.from('NBDMAGICIHAVEOPT..', 'latin1');
  greeting.writeUInt16BE(HANDSHAKE_FLAGS, 16);
  return greeting;
}

export function decodeOption(header: Buffer): { option: number; length: number } {
  return { option: header.readUInt32BE(8), length: header.readUInt32BE(12) };
}

export function encodeOptionReply(
  option: number,
  type: keyof typeof REPLY_TYPE,
  content: Uint8Array = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(20);
  header.writeBigUInt64BE(OPTION_REPLY_MAGIC, 0);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(REPLY_TYPE[type], 12);
  header.writeUInt32BE(content.length, 16);
  return Buffer.concat([header, content]);
}

/** Size and abilities of the disk. It can flush; it takes neither FUA nor trimming nor zeroing. */
export function encodeExport(size: number, readOnly: boolean): Buffer {
  const content = Buffer.alloc(10);
  content.writeBigUInt64BE(BigInt(size), 0);
  const { hasFlags, sendFlush } = EXPORT_FLAGS;
  content.writeUInt16BE(hasFlags | sendFlush | (readOnly ? EXPORT_FLAGS.readOnly : 0), 8);
  return content;
}

export function decodeRequest(header: Buffer): Request {
  return {
    command: header.readUInt16BE(6),
    handle: Buffer.from(header.subarray(8, 16)),
    offset: Number(header.readBigUInt64BE(16)),
    length: header.readUInt32BE(24),
  };
}

export function encodeReply(handle: Buffer, error: DiskErrorCode | null, content: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(REPLY_MAGIC, 0);
  header.writeUInt32BE(error === null ? 0 : ERROR_NUMBER[error], 4);
  handle.copy(header, 8);
  return Buffer.concat([header, content]);
}
