import type { Socket } from 'node:net';

import { ByteReader, EndOfStream } from './byte-reader.ts';
import {
  COMMAND,
  decodeOption,
  decodeRequest,
  encodeExport,
  encodeGreeting,
  encodeOptionReply,
  encodeReply,
  OPTION,
  OPTION_HEADER,
  REQUEST_HEADER,
  type DiskErrorCode,
  type Request,
} from './protocol.ts';

/** What is served: a disk. */
export interface Disk {
  readonly size: number;
  readonly readOnly: boolean;
  read(offset: number, length: number): Promise<Buffer>;
  write(offset: number, bytes: Buffer): Promise<void>;
  flush(): Promise<void>;
}

/** What a disk answers when it does not do as it is told. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;

  constructor(code: DiskErrorCode) {
    super(code);
    this.code = code;
  }
}

/** Serves a disk on one connection until that ends. One request after the other, as on a USB stick. */
export async function serve(socket: Socket, disk: Disk): Promise<void> {
  const reader = new ByteReader(socket);
  try {
    socket.write(encodeGreeting());
    // The client's flags: whatever it can, this server needs no more.
    await reader.take(4);
    if (!(await negotiate(reader, socket, disk))) return;
    while (await answer(reader, socket, disk));
  } catch (error) {
    if (!(error instanceof EndOfStream)) throw error;
  } finally {
    socket.destroy();
  }
}

/** Whether the client wants to go on to the disk. */
async function negotiate(reader: ByteReader, socket: Socket, disk: Disk): Promise<boolean> {
  for (;;) {
    const { option, length } = decodeOption(await reader.take(OPTION_HEADER));
    await reader.take(length);
    const about = encodeExport(disk.size, disk.readOnly);
    if (option === OPTION.exportName) {
      socket.write(about);
      return true;
    }
    if (option === OPTION.info || option === OPTION.go) {
      // Of all kinds of information, number 0 is about the export.
      socket.write(encodeOptionReply(option, 'info', Buffer.concat([Buffer.alloc(2), about])));
      socket.write(encodeOptionReply(option, 'acknowledge'));
      if (option === OPTION.go) return true;
    } else if (option === OPTION.abort) {
      socket.end(encodeOptionReply(option, 'acknowledge'));
      return false;
    } else socket.write(encodeOptionReply(option, 'unsupported'));
  }
}

/** Whether there may be another request. */
async function answer(reader: ByteReader, socket: Socket, disk: Disk): Promise<boolean> {
  const request = decodeRequest(await reader.take(REQUEST_HEADER));
  if (request.command === COMMAND.disconnect) return false;
  const content =
    request.command === COMMAND.write ? await reader.take(request.length) : Buffer.alloc(0);
  try {
    const read = await execute(request, content, disk);
    socket.write(encodeReply(request.handle, null, read));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    socket.write(encodeReply(request.handle, error.code, Buffer.alloc(0)));
  }
  return true;
}

async function execute(request: Request, content: Buffer, disk: Disk): Promise<Buffer> {
  const { command, offset, length } = request;
  if (command === COMMAND.read) return await disk.read(offset, length);
  if (command === COMMAND.write) await disk.write(offset, content);
  else if (command === COMMAND.flush) await disk.flush();
  else throw new DiskError('EINVAL');
  return Buffer.alloc(0);
}
