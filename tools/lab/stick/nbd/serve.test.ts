import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ByteReader } from './byte-reader.ts';
import { DiskError, serve, type Disk } from './serve.ts';

const SIZE = 4096;
const INFO = 6;
const GO = 7;
const READ = 0;
const WRITE = 1;
const DISCONNECT = 2;
const FLUSH = 3;
const TRIM = 4;
const EIO = 5;
const EINVAL = 22;

/** A disk in memory, broken in its second half. */
class HalfDisk implements Disk {
  readonly size = SIZE;
  readonly readOnly = false;
  readonly bytes = Buffer.alloc(SIZE);
  flushes = 0;

  async read(offset: number, length: number): Promise<Buffer> {
    if (offset >= SIZE / 2) throw new DiskError('EIO');
    return this.bytes.subarray(offset, offset + length);
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    if (offset >= SIZE / 2) throw new DiskError('EIO');
    bytes.copy(this.bytes, offset);
  }

  async flush(): Promise<void> {
    this.flushes += 1;
  }
}

/** As much of a client as is needed here; nothing in it is from the server. */
class Client implements Disposable {
  readonly #socket: Socket;
  readonly #reader: ByteReader;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#reader = new ByteReader(socket);
  }

  /** Connects to a disk that is served to nobody else. */
  static async open(disk: Disk): Promise<Client> {
    const path = join(await mkdtemp(join(tmpdir(), 'nbd-')), 'socket');
    const server = createServer((socket) => {
      server.close();
      void serve(socket, disk);
    }).listen(path);
    await once(server, 'listening');
    const client = new Client(connect(path));
    expect((await client.take(18)).toString('latin1')).toBe('NBDMAGICIHAVEOPT\0\x03');
    client.#socket.write(Buffer.from([0, 0, 0, 3]));
    return client;
  }

  async take(length: number): Promise<Buffer> {
    return await this.#reader.take(length);
  }

  option(option: number): void {
    const header = Buffer.from('IHAVEOPT........', 'latin1');
    header.writeUInt32BE(option, 8);
    header.writeUInt32BE(0, 12);
    this.#socket.write(header);
  }

  /** The type of the reply to an option, and what it says. */
  async optionReply(): Promise<[type: number, content: Buffer]> {
    const header = await this.take(20);
    return [header.readUInt32BE(12), await this.take(header.readUInt32BE(16))];
  }

  async go(): Promise<void> {
    this.option(GO);
    expect((await this.optionReply())[0]).toBe(3);
    expect((await this.optionReply())[0]).toBe(1);
  }

  ask(command: number, handle: string, offset = 0, length = 0, content = ''): void {
    const header = Buffer.alloc(28);
    header.writeUInt32BE(0x2560_9513, 0);
    header.writeUInt16BE(command, 6);
    header.write(handle, 8, 8, 'latin1');
    header.writeBigUInt64BE(BigInt(offset), 16);
    header.writeUInt32BE(length, 24);
    this.#socket.write(Buffer.concat([header, Buffer.from(content)]));
  }

  async reply(length = 0): Promise<{ handle: string; error: number; content: string }> {
    const header = await this.take(16);
    expect(header.readUInt32BE(0)).toBe(0x6744_6698);
    return {
      handle: header.toString('latin1', 8),
      error: header.readUInt32BE(4),
      content: (await this.take(length)).toString(),
    };
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

test('a client learns the size of the disk, and what the server cannot do', async () => {
  using client = await Client.open(new HalfDisk());
  client.option(8);
  expect(await client.optionReply()).toEqual([0x8000_0001, Buffer.alloc(0)]);
  client.option(INFO);
  const content = Buffer.from('000000000000000010000005', 'hex');
  expect(await client.optionReply()).toEqual([3, content]);
  expect(await client.optionReply()).toEqual([1, Buffer.alloc(0)]);
});

test('requests are answered in their order, each with its handle', async () => {
  const disk = new HalfDisk();
  using client = await Client.open(disk);
  await client.go();
  client.ask(WRITE, 'write it', 3, 5, 'abcde');
  client.ask(FLUSH, 'flush it');
  client.ask(READ, 'read it.', 4, 3);
  expect(await client.reply()).toEqual({ handle: 'write it', error: 0, content: '' });
  expect(await client.reply()).toEqual({ handle: 'flush it', error: 0, content: '' });
  expect(await client.reply(3)).toEqual({ handle: 'read it.', error: 0, content: 'bcd' });
  expect(disk.flushes).toBe(1);
});

test('an error is told, and the next request is answered', async () => {
  using client = await Client.open(new HalfDisk());
  await client.go();
  client.ask(READ, '1.......', SIZE / 2, 100);
  client.ask(WRITE, '2.......', SIZE / 2, 5, 'abcde');
  client.ask(TRIM, '3.......', 0, 100);
  client.ask(READ, '4.......', 0, 1);
  expect((await client.reply()).error).toBe(EIO);
  expect((await client.reply()).error).toBe(EIO);
  expect((await client.reply()).error).toBe(EINVAL);
  expect(await client.reply(1)).toEqual({ handle: '4.......', error: 0, content: '\0' });
});

test('a client that disconnects is let go', async () => {
  using client = await Client.open(new HalfDisk());
  await client.go();
  client.ask(DISCONNECT, '........');
  await expect(client.take(1)).rejects.toThrow();
});
