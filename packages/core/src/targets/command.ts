import { throwIfCancelled } from '@holdfast/age';
import { startShell } from '../shell.ts';
import { coreError } from '../errors.ts';
import type { StreamTarget } from '../ports.ts';
import { isGone, writeAll } from './write-all.ts';

/**
 * The standard input of a command, run by `/bin/sh -c`. What it prints goes to our standard error.
 *
 * Throws COMMAND_FAILED when it fails or does not take everything. When the restore fails in the middle,
 * it is ended before its input is.
 */
export function toCommand(command: string): StreamTarget {
  return {
    kind: 'stream',
    where: 'a command',
    accepts: ['file', 'tar'],
    async consume(plaintext, { signal }) {
      throwIfCancelled(signal);
      const child = startShell(command, ['pipe', 2, 'inherit'], signal);
      const { stdin } = child.running;
      if (stdin === null) throw coreError('COMMAND_FAILED', 'the command has no input');
      try {
        await writeAll(plaintext, stdin, signal);
      } catch (cause) {
        if (!isGone(cause)) {
          // It must not see an end of its input that it could take for the end of the secret.
          child.kill();
          await child.ended.catch(() => undefined);
          stdin.destroy();
          throw cause;
        }
        await child.ended.finally(() => {
          throwIfCancelled(signal);
        });
        throw coreError('COMMAND_FAILED', 'the command ended before it had read everything', {
          cause,
        });
      }
      stdin.end();
      await child.ended.finally(() => {
        throwIfCancelled(signal);
      });
      return null;
    },
  };
}
