import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

import { throwIfCancelled } from '@holdfast/age';

/** Opens a FIFO to read, which waits until someone writes to it, or until it is cancelled. */
export async function openFifo(path: string, signal: AbortSignal | undefined): Promise<FileHandle> {
  const release = (): void => {
    // The opening thread sleeps until there is a writer; nothing else wakes it.
    open(path, constants.O_WRONLY | constants.O_NONBLOCK).then(
      async (writer) => await writer.close(),
      () => undefined,
    );
  };
  signal?.addEventListener('abort', release, { once: true });
  try {
    await using opening = new AsyncDisposableStack();
    const file = opening.use(await open(path, 'r'));
    throwIfCancelled(signal);
    opening.move();
    return file;
  } finally {
    signal?.removeEventListener('abort', release);
  }
}
