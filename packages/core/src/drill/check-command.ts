import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { throwIfCancelled } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import { isGone, writeAll } from '../targets/write-all.ts';
import type { CheckOutcome } from './receipt.ts';

/** A command that tries what a copy holds: restores it into a scratch service, decrypts a canary row … */
export interface Check {
  /** For `/bin/sh -c`; the secret is on its standard input. */
  readonly command: string;
  /** Milliseconds. */
  readonly timeout: number;
}

const GRACE = 2000;

/**
 * Hands a secret to a check command, and tells how that ended. What it prints on standard output is thrown away; on
 * standard error, it goes to the person. It has a process group of its own: whatever it leaves running, which may
 * hold the secret, is ended with it. Pieces of `plaintext` are wiped once they are handed over.
 *
 * @throws CANCELLED, CHECK_FAILED when it could not be started, and what reading `plaintext` throws: then the command
 *   was ended before its input was
 */
export async function runCheck(
  { command, timeout }: Check,
  plaintext: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<CheckOutcome> {
  throwIfCancelled(signal);
  const running = spawn('/bin/sh', ['-c', command], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  const { pid, stdin } = running;
  const ended = new Promise<number | null>((resolve, reject) => {
    running.once('error', (cause) => {
      reject(coreError('CHECK_FAILED', 'the check command could not be started', { cause }));
    });
    running.once('exit', (code) => {
      // What it left running would keep its input open, and us waiting.
      signalGroup(pid, 'SIGKILL');
      stdin.destroy();
      resolve(code);
    });
  });
  // Whoever writes to it learns of it there first, and asks here afterwards.
  ended.catch(() => undefined);

  let insist: NodeJS.Timeout | undefined;
  const stop = (): void => {
    signalGroup(pid, 'SIGTERM');
    insist ??= setTimeout(() => {
      signalGroup(pid, 'SIGKILL');
    }, GRACE);
  };
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeout);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const handedOver = await handOver(plaintext, stdin).catch(async (cause: unknown) => {
      // It must not see an end of its input that it could take for the end of the secret.
      stop();
      await ended.catch(() => undefined);
      throw cause;
    });
    const exit = await ended;
    throwIfCancelled(signal);
    return { exit, timedOut, handedOver };
  } finally {
    clearTimeout(deadline);
    clearTimeout(insist);
    signal?.removeEventListener('abort', stop);
  }
}

/** Resolves to whether all of it was taken: a command need not read more than it wants. */
async function handOver(plaintext: AsyncIterable<Uint8Array>, stdin: Writable): Promise<boolean> {
  async function* wiped(): AsyncGenerator<Uint8Array> {
    for await (const bytes of plaintext) {
      try {
        yield bytes;
      } finally {
        bytes.fill(0);
      }
    }
  }
  try {
    await writeAll(wiped(), stdin, undefined);
  } catch (cause) {
    // A write that was under way when its end was closed is called off.
    if (isGone(cause) || isSystemError(cause, 'ECANCELED')) return false;
    throw cause;
  }
  stdin.on('error', () => undefined);
  stdin.end();
  return true;
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left in it.
  }
}
