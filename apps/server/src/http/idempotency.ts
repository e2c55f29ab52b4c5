import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal.ts';
import { serverError } from '../errors.ts';
import type { Service } from '../service.ts';
import type { JsonAnswer } from './answer.ts';

const KEY = /^[\w.:-]{1,200}$/;

export interface Asked {
  /** Id of the route. */
  readonly route: string;
  readonly principal: Principal;
  readonly url: string;
  readonly body: Uint8Array;
}

/**
 * Does work once for each Idempotency-Key: whoever sends the same request again, after a restart too, gets what was
 * answered the first time. An answer that tells of a fault of ours is not kept.
 *
 * @throws KEY_INVALID, KEY_REUSED, KEY_IN_USE, and what the work throws
 */
export async function answerOnce(
  { headers }: IncomingMessage,
  asked: Asked,
  service: Service,
  work: () => Promise<JsonAnswer>,
): Promise<JsonAnswer> {
  const given = headers['idempotency-key'];
  if (given === undefined) return await work();
  if (typeof given !== 'string' || !KEY.test(given)) {
    throw serverError('KEY_INVALID', 'this Idempotency-Key is not one');
  }
  const { answers } = (await service.catalog()).service;
  const key = sha256(asked.principal.id, asked.route, given);
  const digest = await digestOf(asked, service);
  const claimed = { key, digest, created: new Date().toISOString(), server: service.id };
  const kept = await answers.claim(claimed);
  if (kept !== null) {
    if (kept.digest !== digest) {
      throw serverError('KEY_REUSED', 'another request was made with this Idempotency-Key');
    }
    if (kept.status === null) {
      throw serverError('KEY_IN_USE', 'the first request with this Idempotency-Key goes on');
    }
    const replayed = {
      ...(kept.headers as Record<string, string>),
      'Idempotency-Replayed': 'true',
    };
    return { status: kept.status, headers: replayed, body: kept.body };
  }
  let answer: JsonAnswer;
  try {
    answer = await work();
  } catch (cause) {
    // Nothing was begun: the caller may mend what was wrong and use the same key.
    await answers.drop(key);
    throw cause;
  }
  await answers.complete(key, answer);
  return answer;
}

/** Under the key of the instance: a body may hold a password, which nobody is to find by trying. */
async function digestOf({ url, body }: Asked, { instance }: Service): Promise<string> {
  const { mark } = await instance.signer();
  const plain = createHash('sha256').update(url).update('\0').update(body).digest('hex');
  return mark('http-request', plain);
}

function sha256(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
