import { throwIfCancelled } from '@holdfast/age';
import { startShell } from '../shell.ts';
import { coreError } from '../errors.ts';
import type { SecretSource } from '../ports.ts';

/**
 * What a command prints, run by `/bin/sh -c` without standard input. What it says on standard error
 * goes to the person.
 *
 * Finishing waits for its end and throws COMMAND_FAILED or SOURCE_EMPTY; cancelling or disposing ends it.
 */
export function sourceFromCommand(command: string): SecretSource {
  return {
    name: 'command',
    kind: 'file',
    async open({ signal }) {
      throwIfCancelled(signal);
      const child = startShell(command, ['ignore', 'pipe', 'inherit'], signal);
      const { stdout } = child.running;
      if (stdout === null) throw coreError('COMMAND_FAILED', 'the command has no output');
      // Node throws away what nobody listens for when the command ends before it is read.
      stdout.on('readable', () => undefined);
      async function* content(output: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        yield* output;
        // It was killed, and its output ends early: that is not the whole of it.
        throwIfCancelled(signal);
      }
      return await Promise.resolve({
        size: null,
        content: content(stdout),
        async finish(bytesRead: number) {
          throwIfCancelled(signal);
          await child.ended;
          throwIfCancelled(signal);
          if (bytesRead === 0) throw coreError('SOURCE_EMPTY', 'the command printed nothing');
        },
        async [Symbol.asyncDispose]() {
          stdout.destroy();
          child.kill();
          await child.ended.catch(() => undefined);
        },
      });
    },
  };
}
