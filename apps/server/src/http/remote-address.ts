import type { IncomingMessage } from 'node:http';

/** Where a request comes from, by its connection: what a header says of that can be anything. */
export function remoteAddress({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? 'unknown';
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
