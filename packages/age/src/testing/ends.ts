import { spawn, type ChildProcess } from 'node:child_process';
import type { FileInput, FileOutput } from '../ports.ts';
import type { Scratch } from './scratch.ts';

/** How a file comes to a program: by path, by redirection, or through a pipe. */
export type EndKind = 'file' | 'redirected file' | 'pipe';
export const END_KINDS: readonly EndKind[] = ['file', 'redirected file', 'pipe'];

/** An input that gives `bytes`; a pipe gives them from another program. */
export function openFeed(scratch: Scratch, kind: EndKind, bytes: Uint8Array): FileInput {
  const path = scratch.write('feed', bytes);
  if (kind === 'pipe') {
    spawn('sh', ['-c', 'exec cat "$0" > "$1"', path, scratch.pipe('feed-pipe')]);
    return { fd: scratch.open('feed-pipe', 'r') };
  }
  const fd = scratch.open('feed', 'r');
  return kind === 'file' ? { fd, offset: 0 } : { fd };
}

/** An output, and what arrived there: to be asked for once, when nothing more is written. */
export interface Collector {
  readonly output: FileOutput;
  collected(): Promise<Buffer>;
}

/** A pipe is read by another program. */
export function openCollector(scratch: Scratch, kind: EndKind): Collector {
  if (kind === 'pipe') {
    const path = scratch.pipe('collected-pipe');
    const cat = spawn('sh', ['-c', 'exec cat "$0" > "$1"', path, scratch.path('collected')]);
    const fd = scratch.open('collected-pipe', 'w');
    return {
      output: { fd },
      async collected() {
        scratch.close(fd);
        await ended(cat);
        return scratch.read('collected');
      },
    };
  }
  const fd = scratch.open('collected', 'w');
  return {
    output: kind === 'file' ? { fd, offset: 0 } : { fd },
    collected: async () => await Promise.resolve(scratch.read('collected')),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}
