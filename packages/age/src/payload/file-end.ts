import { closeSync, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import type { FileInput, FileOutput } from '../ports.ts';
import { reopen } from './reopen.ts';

/** An open file as the threads use it. It can be posted to a worker. */
export interface FileEnd {
  readonly fd: number;
  /** Where it begins; `null` when it is used in sequence. */
  readonly offset: number | null;
  /** Opened with O_DIRECT, to be read past the page cache; never without an offset. */
  readonly direct: boolean;
  /** A call could block for as long as nobody writes or reads at the other end. */
  readonly mayBlock: boolean;
  /** A pipe that does not block, and which way: each thread can wait for it in its event loop. */
  readonly pipe: 'read' | 'write' | null;
}

/** Disposing closes what was opened here; the caller's own file stays open. */
export type OpenFileEnd = FileEnd & Disposable;

export function openInput(input: FileInput): OpenFileEnd {
  const { fd, offset, direct = false } = input;
  if (direct && offset === undefined)
    throw new TypeError('only by position is a file read directly');
  return { ...openEnd(fd, offset, 'read'), direct };
}

/** Bytes that a positional input gives, or `null` for one that is read in sequence to its end. */
export function sizeOf(input: FileInput): number | null {
  if (input.offset === undefined) return null;
  if (input.size !== undefined) return input.size;
  const stat = fstatSync(input.fd);
  if (!stat.isFile()) throw new TypeError('only a regular file tells its size by itself');
  return Math.max(0, stat.size - input.offset);
}

export function openOutput(output: FileOutput): OpenFileEnd {
  return openEnd(output.fd, output.offset, 'write');
}

function openEnd(fd: number, offset: number | undefined, access: 'read' | 'write'): OpenFileEnd {
  const callers = { fd, direct: false, pipe: null, [Symbol.dispose]: () => undefined };
  if (offset !== undefined) return { ...callers, offset, mayBlock: false };
  const stat = fstatSync(fd);
  if (stat.isSocket()) return { ...callers, offset: null, mayBlock: !isNonBlockingSocket(fd) };
  if (!stat.isFIFO() && !isatty(fd)) return { ...callers, offset: null, mayBlock: false };

  // A blocked read or write cannot be cancelled. Setting the flag on the caller's own descriptor would set
  // it for every program that shares it.
  const own = reopen(fd, access);
  if (own === null) return { ...callers, offset: null, mayBlock: true };
  const close = (): void => {
    closeSync(own);
  };
  const pipe = stat.isFIFO() ? access : null;
  return { ...callers, fd: own, offset: null, mayBlock: false, pipe, [Symbol.dispose]: close };
}

/** A socket cannot be reopened, but Node makes those of the standard streams non-blocking for itself. */
function isNonBlockingSocket(fd: number): boolean {
  const stream: unknown = fd === 0 ? process.stdin : fd === 1 ? process.stdout : null;
  return stream instanceof Socket;
}
