import { readFile } from 'node:fs/promises';
import type { WebhookConfig } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/service';
import { secretBytes, signedHeaders } from './signature.ts';

const TIMEOUT = 10_000;
/** Seconds to wait after the first attempt, the second …; after the last, nobody tries any more. */
const WAITS = [5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600];

/** Tries once. Resolves to what becomes of the delivery. */
export async function attempt(
  delivery: Delivery,
  webhook: WebhookConfig | undefined,
  signal: AbortSignal,
): Promise<Delivery> {
  const now = new Date();
  const attempt = delivery.attempt + 1;
  const sent = webhook === undefined ? GONE : await send(delivery, webhook, now, signal);
  const done = { ...delivery, attempt, outcome: sent.outcome };
  if (sent.ok) return { ...done, state: 'delivered', next: null };
  const wait = WAITS[attempt - 1];
  if (sent.final || wait === undefined) return { ...done, state: 'given-up', next: null };
  return { ...done, next: new Date(now.getTime() + wait * 1000).toISOString() };
}

interface Sent {
  readonly ok: boolean;
  /** Whether trying again is in vain. */
  readonly final: boolean;
  readonly outcome: string;
}

const GONE: Sent = { ok: false, final: true, outcome: 'no longer in the configuration' };

async function send(
  { id, body }: Delivery,
  { url, secretFile }: WebhookConfig,
  now: Date,
  signal: AbortSignal,
): Promise<Sent> {
  const secret = await readFile(secretFile, 'utf8').then(secretBytes, () => null);
  if (secret === null)
    return { ok: false, final: false, outcome: 'its secret-file cannot be read' };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'holdfast',
        ...signedHeaders({ id, body }, secret, now),
      },
      body,
      // The one it was told to call, and nobody else.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    await answer.body?.cancel();
    const outcome = `answered ${String(answer.status)}`;
    // Standard Webhooks: 410 asks for no more.
    return { ok: answer.ok, final: answer.status === 410, outcome };
  } catch (cause) {
    return { ok: false, final: false, outcome: whyNot(cause) };
  } finally {
    secret.fill(0);
  }
}

function whyNot(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed';
  if (cause.name === 'TimeoutError') return 'no answer in time';
  const inner: unknown = cause.cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : cause.name;
  return `not reached (${code})`;
}
