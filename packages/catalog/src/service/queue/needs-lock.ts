import { createHash } from 'node:crypto';
import type { PostgresAccess } from '../../engine.ts';

/** What a job needs, for nobody else, while a connection lives. */
export interface NeedsLock extends AsyncDisposable {
  /** Fires when the connection is lost, and with it the lock. */
  readonly lost: AbortSignal;
}

/**
 * Takes all of these needs, or none: `null` when somebody else has one. A server that dies, or is cut off from the
 * database, lets go of them by that.
 */
export async function openNeedsLock(
  postgres: PostgresAccess,
  needs: readonly string[],
): Promise<NeedsLock | null> {
  const client = await postgres.connect();
  const lost = new AbortController();
  client.on('error', () => {
    lost.abort();
  });
  client.on('end', () => {
    lost.abort();
  });
  const end = async (): Promise<void> => {
    await client.end().catch(() => undefined);
  };
  try {
    for (const need of needs) {
      const { rows } = await client.query<{ taken: boolean }>(
        'select pg_try_advisory_lock($1) as taken',
        [lockOf(need)],
      );
      if (rows[0]?.taken !== true) {
        await end();
        return null;
      }
    }
  } catch (cause) {
    await end();
    throw cause;
  }
  return { lost: lost.signal, [Symbol.asyncDispose]: end };
}

/** Any 64 bits do; two needs that met in one would only wait for each other. */
function lockOf(need: string): string {
  return createHash('sha256').update(`holdfast-need:${need}`).digest().readBigInt64BE().toString();
}
