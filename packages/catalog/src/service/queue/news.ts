import type { Client } from 'pg';
import type { PostgresAccess } from '../../engine.ts';

const CHANNEL = 'holdfast_queue';
const AGAIN_AFTER = 1000;

/** Tells all servers that share a database that it may be worth to look at the line. */
export interface News extends AsyncDisposable {
  tell(): Promise<void>;
  onTold(callback: () => void): Disposable;
}

/** Listens on a connection of its own, and again when that is lost; who misses something looks by itself in a while. */
export async function openNews(postgres: PostgresAccess): Promise<News> {
  const callbacks = new Set<() => void>();
  let client: Client | null = null;
  let again: NodeJS.Timeout | undefined;
  let ended = false;

  async function listen(): Promise<void> {
    const next = await postgres.connect();
    client = next;
    next.on('notification', () => {
      for (const callback of callbacks) callback();
    });
    next.on('error', lose);
    next.on('end', lose);
    await next.query(`listen ${CHANNEL}`);
  }

  function lose(): void {
    if (ended || again !== undefined) return;
    again = setTimeout(() => {
      again = undefined;
      listen().catch(lose);
    }, AGAIN_AFTER);
  }

  await listen();
  return {
    async tell() {
      await postgres.query(`notify ${CHANNEL}`);
    },
    onTold(callback) {
      callbacks.add(callback);
      return {
        [Symbol.dispose]: () => {
          callbacks.delete(callback);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      ended = true;
      clearTimeout(again);
      await client?.end().catch(() => undefined);
    },
  };
}
