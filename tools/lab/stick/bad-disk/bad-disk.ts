import { once } from 'node:events';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DiskError, serve, type Disk } from '../nbd/serve.ts';
import { Cells, type Beyond } from './cells.ts';
import { Fault, type FaultOptions, type Operation } from './fault.ts';
import type { DiskEvent } from './recording.ts';
import { WriteCache, type Write } from './write-cache.ts';

export interface BadDiskOptions {
  /** How many bytes it really stores; as many as the image has, when nothing is said. */
  readonly real?: number;
  /** What becomes of writes behind those; they are dropped, when nothing is said. */
  readonly beyond?: Beyond;
  /** It acknowledges writes before it stores them, and without a flush loses them with the power. */
  readonly volatile?: boolean;
}

/**
 * A bad stick: an NBD server over an image, which has power as long as it is connected. It answers from this
 * process, so nothing may block that while a guest uses it.
 */
export class BadDisk implements Disk, AsyncDisposable {
  /** Where it listens. */
  readonly socket: string;
  /** What it claims to have. */
  readonly size: number;
  /** In bytes per second; as fast as it goes, when nothing is said. */
  speed: { readonly read?: number; readonly write?: number } = {};
  /** Writes fail, and plugged in again it is read-only. */
  wornOut = false;
  /** Which of the writes in its cache it still stores when the power goes. */
  survives: (write: Write, index: number) => boolean = () => false;
  /** How many requests have come. */
  readonly requests: Record<Operation, number> = { read: 0, write: 0, flush: 0 };
  readonly #server: Server;
  readonly #cells: Cells;
  readonly #cache: WriteCache | null;
  readonly #faults = new Set<Fault>();
  #resources = new AsyncDisposableStack();
  #power = new AbortController();
  #connection: Socket | null = null;
  #served: Promise<void> = Promise.resolve();
  #recording: DiskEvent[] | null = null;
  #lost = 0;

  private constructor(file: FileHandle, size: number, socket: string, options: BadDiskOptions) {
    this.size = size;
    this.socket = socket;
    this.#server = createServer((connection) => this.#plug(connection));
    this.#cells = new Cells(file, options.real ?? size, options.beyond ?? 'drop');
    this.#cache = options.volatile === true ? new WriteCache() : null;
  }

  /** Puts a bad stick around an image, which is as large as the stick claims to be. */
  static async open(image: string, options: BadDiskOptions = {}): Promise<BadDisk> {
    await using stack = new AsyncDisposableStack();
    const file = stack.use(await open(image, 'r+'));
    const { size } = await file.stat();
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-disk-'));
    stack.defer(async () => await rm(folder, { recursive: true }));
    const disk = new BadDisk(file, size, join(folder, 'nbd'), options);
    disk.#server.listen(disk.socket);
    await once(disk.#server, 'listening');
    disk.#resources = stack.move();
    return disk;
  }

  get readOnly(): boolean {
    return this.wornOut;
  }

  /** How many writes it has acknowledged and lost with the power. */
  get lost(): number {
    return this.#lost;
  }

  /** From now on something is wrong with it, until that is mended. */
  breaks(options: FaultOptions): Fault {
    const fault = new Fault(options);
    this.#faults.add(fault);
    return fault;
  }

  /** What it acknowledges from now on, in order. Ends the recording before. */
  record(): readonly DiskEvent[] {
    this.#recording = [];
    return this.#recording;
  }

  /** Without a word to whoever is connected. What is under way fails, what is in the cache is lost. */
  async losePower(): Promise<void> {
    this.#power.abort();
    this.#connection?.destroy();
    this.#connection = null;
    for (const [index, write] of (this.#cache?.take() ?? []).entries()) {
      if (this.survives(write, index)) await this.#cells.write(write.offset, write.bytes);
      else this.#lost += 1;
    }
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const faults = await this.#meet('read', offset, length);
    const bytes = await this.#cells.read(offset, length);
    this.#cache?.cover(offset, bytes);
    for (const fault of faults) fault.spoil(offset, bytes);
    return bytes;
  }

  async write(offset: number, bytes: Buffer): Promise<void> {
    const faults = await this.#meet('write', offset, bytes.length);
    if (this.wornOut) throw new DiskError('EPERM');
    let writes: Write[] = [{ offset, bytes }];
    for (const fault of faults) writes = writes.flatMap((it) => fault.leave(it));
    for (const write of writes) {
      if (this.#cache === null) await this.#cells.write(write.offset, write.bytes);
      else this.#cache.add(write);
    }
    this.#recording?.push({ kind: 'write', offset, bytes });
  }

  async flush(): Promise<void> {
    const faults = await this.#meet('flush', 0, 0);
    const lies = faults.some(({ options }) => options.does === 'drop');
    for (const { offset, bytes } of lies ? [] : (this.#cache?.take() ?? [])) {
      await this.#cells.write(offset, bytes);
    }
    this.#recording?.push({ kind: 'flush' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await this.losePower();
    try {
      await this.#served;
    } finally {
      await this.#resources.disposeAsync();
    }
  }

  /** Lets a request take its time, and fail; the faults that it has met on the way. */
  async #meet(operation: Operation, offset: number, length: number): Promise<Fault[]> {
    const power = this.#power.signal;
    this.requests[operation] += 1;
    const met = [...this.#faults].filter((it) => it.meets(operation, offset, length));
    const speed = operation === 'flush' ? undefined : this.speed[operation];
    if (speed !== undefined) await pause((length / speed) * 1000, power);
    for (const { options, mended } of met) {
      if (options.does === 'delay') await pause(options.milliseconds, power);
      if (options.does === 'hang') await Promise.race([mended, lossOf(power)]);
      if (options.does === 'fail') throw new DiskError(options.code);
    }
    if (power.aborted) throw new DiskError('EIO');
    this.#cells.check(offset, length);
    return met;
  }

  /** It is in one port at a time, and has power there. */
  #plug(socket: Socket): void {
    const before = this.losePower();
    this.#connection = socket;
    this.#power = new AbortController();
    socket.on('error', () => undefined);
    this.#served = Promise.all([before, this.#served]).then(async () => {
      await serve(socket, this);
      if (this.#connection === socket) await this.losePower();
    });
    // Told to whoever disposes of the disk.
    this.#served.catch(() => undefined);
  }
}

async function pause(milliseconds: number, power: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: power }).catch(() => undefined);
}

async function lossOf(power: AbortSignal): Promise<void> {
  if (!power.aborted) await once(power, 'abort');
}
