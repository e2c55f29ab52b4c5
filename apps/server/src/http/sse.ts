import type { ServerResponse } from 'node:http';

const HEARTBEAT = 15_000;
/** Who does not read so many bytes is cut off, and can come back with Last-Event-ID. */
const MOST_UNREAD = 256 * 1024;

export interface SentEvent {
  readonly id?: string | undefined;
  readonly data: unknown;
}

/** Answers with server-sent events (HTML Living Standard, 9.2) until they end, or the listener is gone or too slow. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<SentEvent>,
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    // A proxy in between must not gather them.
    'X-Accel-Buffering': 'no',
  });
  response.write('retry: 2000\n\n');
  const heartbeat = setInterval(() => write(response, ':\n\n'), HEARTBEAT);
  const gone = new Promise<'gone'>((resolve) => response.once('close', () => resolve('gone')));
  const iterator = events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), gone]);
      if (next === 'gone' || next.done === true) return;
      if (!write(response, eventText(next.value))) return;
    }
  } finally {
    clearInterval(heartbeat);
    // What waits inside is told by its signal: nobody waits for it here.
    void iterator.return?.().catch(() => undefined);
    response.end();
  }
}

function eventText({ id, data }: SentEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/** `false`: it was cut off. */
function write(response: ServerResponse, text: string): boolean {
  if (response.destroyed || response.writableEnded) return false;
  response.write(text);
  if (response.writableLength <= MOST_UNREAD) return true;
  response.destroy();
  return false;
}
