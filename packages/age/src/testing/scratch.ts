import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A folder for one test. Disposing closes every file opened through it, and removes it. */
export interface Scratch extends Disposable {
  write(name: string, bytes: Uint8Array): string;
  read(name: string): Buffer;
  /** Makes a named pipe. */
  pipe(name: string): string;
  open(name: string, flags: string | number): number;
  close(fd: number): void;
  path(name: string): string;
}

/** Names are relative to the folder; an absolute path is what it is. */
export function openScratch(parent = tmpdir()): Scratch {
  const folder = mkdtempSync(join(parent, 'holdfast-age-'));
  const opened = new Set<number>();
  const pathOf = (name: string): string => resolve(folder, name);
  return {
    write(name, bytes) {
      writeFileSync(pathOf(name), bytes);
      return pathOf(name);
    },
    read: (name) => readFileSync(pathOf(name)),
    pipe(name) {
      execFileSync('mkfifo', [pathOf(name)]);
      return pathOf(name);
    },
    open(name, flags) {
      const fd = openSync(pathOf(name), flags);
      opened.add(fd);
      return fd;
    },
    close(fd) {
      opened.delete(fd);
      closeSync(fd);
    },
    path: pathOf,
    [Symbol.dispose]() {
      for (const fd of opened) closeSync(fd);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
