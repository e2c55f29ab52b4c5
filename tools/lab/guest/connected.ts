import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Connects to a socket that QEMU is about to make. The caller destroys it. */
export async function connected(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    signal.throwIfAborted();
    const socket = connect(path);
    try {
      await once(socket, 'connect', { signal });
      // What is lost with the connection is noticed where it is waited for.
      socket.on('error', () => undefined);
      return socket;
    } catch {
      socket.destroy();
      await sleep(20);
    }
  }
}
