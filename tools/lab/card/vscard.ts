/**
 * The messages of the VSCard protocol, by which QEMU's ccid-card-passthru gets its card from elsewhere
 * (vscard_common.h of libcacard): type, reader and length as 32-bit big-endian numbers, then the content.
 */
export const MESSAGE = {
  init: 1,
  error: 2,
  readerAdd: 3,
  atr: 5,
  cardRemove: 6,
  apdu: 7,
  flush: 8,
  flushComplete: 9,
} as const;

export interface VscMessage {
  readonly type: number;
  readonly content: Buffer;
}

const HEADER = 12;
const ANY_READER = 0xffff_ffff;

export function encodeMessage(type: number, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(type, 0);
  header.writeUInt32BE(type === MESSAGE.init || type === MESSAGE.readerAdd ? ANY_READER : 0, 4);
  header.writeUInt32BE(content.length, 8);
  return Buffer.concat([header, content]);
}

/** The first message on a connection: magic, version 2.0, no capabilities. */
export function encodeInit(): Buffer {
  const content = Buffer.alloc(12);
  content.write('VSCD', 'latin1');
  content.writeUInt32BE(2, 4);
  return encodeMessage(MESSAGE.init, content);
}

/** Takes the whole messages off the front of what has come. */
export function decodeMessages(bytes: Buffer): { messages: VscMessage[]; rest: Buffer } {
  const messages: VscMessage[] = [];
  let rest = bytes;
  while (rest.length >= HEADER) {
    const end = HEADER + rest.readUInt32BE(8);
    if (rest.length < end) break;
    messages.push({ type: rest.readUInt32BE(0), content: rest.subarray(HEADER, end) });
    rest = rest.subarray(end);
  }
  return { messages, rest };
}
