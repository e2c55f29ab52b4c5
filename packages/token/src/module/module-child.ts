import { fork, type ChildProcess } from 'node:child_process';
import type { Reply, RequestMessage } from './requests.ts';

/** From source, Node strips the types; a bundle has it, bundled by itself, as its sibling. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './module-process.ts' : './module-process.js',
  import.meta.url,
);

/** Messages that were sent before a process died arrive after the news of its death. */
const LAST_WORDS_MILLISECONDS = 1_000;

/** Those that run; one that hangs would outlive us. */
const running = new Set<ChildProcess>();

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

export interface ChildEvents {
  replies(replies: readonly Reply[]): void;
  /** It is no more; `how` is an exit code, a signal or an error, in words. */
  gone(how: string): void;
}

/** The process around one module. It ends with this process, and does not keep it. */
export class ModuleChild {
  readonly #child: ChildProcess;
  readonly #gone = Promise.withResolvers<undefined>();

  constructor(events: ChildEvents) {
    this.#child = fork(ENTRY, [], {
      // A module may print what it likes.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    this.keepAlive(false);
    let over = false;
    const end = (how: string): void => {
      if (over) return;
      over = true;
      running.delete(this.#child);
      if (running.size === 0) process.off('exit', killAll);
      this.#gone.resolve(undefined);
      events.gone(how);
    };
    this.#child.on('message', (replies) => {
      if (!over) events.replies(replies as readonly Reply[]);
    });
    this.#child.on('error', (error) => {
      if (this.#child.pid === undefined) end(`it cannot be started: ${error.message}`);
      else this.kill();
    });
    this.#child.on('exit', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      if (!this.#child.connected) {
        end(how);
        return;
      }
      this.#child.once('disconnect', () => end(how));
      setTimeout(() => end(how), LAST_WORDS_MILLISECONDS);
    });
    if (running.size === 0) process.on('exit', killAll);
    running.add(this.#child);
  }

  /** Whether this process waits for it. */
  keepAlive(wanted: boolean): void {
    if (wanted) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }

  send(requests: readonly RequestMessage[]): void {
    // A failure shows as its end.
    this.#child.send(requests, () => undefined);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Resolves when it is no more. */
  async ended(): Promise<void> {
    await this.#gone.promise;
  }
}
