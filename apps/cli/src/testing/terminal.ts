import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import type { Sandbox } from './sandbox.ts';

const PATIENCE = 60_000;

/** A command on a terminal of its own, as a person sees and types it. */
export interface Typist extends Disposable {
  /** Resolves when `text` has appeared after whatever was waited for last. */
  sees(text: string): Promise<void>;
  types(text: string): void;
  presses(sequence: 'Enter' | 'Ctrl-C'): void;
  /** Everything that appeared, without colours and cursor movements. */
  readonly screen: string;
  ended(): Promise<number | null>;
}

/** `script` gives the command a terminal whose other end is ours. */
export function openTypist(command: string, { folder, env }: Sandbox): Typist {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: { ...env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let seen = 0;
  let waiting = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    screen += stripVTControlCharacters(part);
    waiting();
  });
  child.stdin.on('error', () => undefined);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    async sees(text) {
      const found = new Promise<void>((resolve) => {
        waiting = () => {
          const at = screen.indexOf(text, seen);
          if (at === -1) return;
          seen = at + text.length;
          resolve();
        };
        waiting();
      });
      const timer = AbortSignal.timeout(PATIENCE);
      const late = new Promise<never>((_, reject) => {
        const complain = (why: string): void => {
          reject(new Error(`"${text}" did not appear ${why}:\n${screen}`));
        };
        timer.addEventListener('abort', () => {
          complain('in time');
        });
        void exit.then(() => {
          complain('before the end');
        });
      });
      await Promise.race([found, late]);
    },
    types(text) {
      child.stdin.write(text);
    },
    presses(sequence) {
      child.stdin.write(sequence === 'Enter' ? '\r' : '\u0003');
    },
    get screen() {
      return screen;
    },
    ended: async () => await exit,
    [Symbol.dispose]: () => {
      child.kill('SIGKILL');
    },
  };
}
