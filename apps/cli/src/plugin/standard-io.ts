import type { PluginIo } from '@holdfast/core';

/** Standard input and output. Nothing else may print on the latter: age takes every byte for the protocol. */
export function openStandardIo(signal: AbortSignal): PluginIo & Disposable {
  const { stdin, stdout } = process;
  // A client that has gone is no mistake of ours; the writer is told.
  stdout.on('error', () => undefined);
  return {
    input: stdin,
    signal,
    write: async (bytes) => {
      await new Promise<void>((resolve, reject) => {
        stdout.write(bytes, (cause?: Error | null) => {
          if (cause) reject(cause);
          else resolve();
        });
      });
    },
    // An input that is still open would keep the process.
    [Symbol.dispose]: () => {
      stdin.destroy();
    },
  };
}
