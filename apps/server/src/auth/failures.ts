import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { Later } from '../http/problem.ts';

/** Failures within a minute: of one source, and of all who say to be one person. In seconds. */
const BY_SOURCE = { points: 10, duration: 60 };
/** The door is closed for a minute, and for twice as long each time that it happens again within an hour. */
const CLOSED = { points: 1, duration: 3600 };
const CLOSED_FIRST = 60;
const CLOSED_AT_MOST = 900;
const BY_IDENTITY = { points: 20, duration: 300, blockDuration: 60 };
/** Written down: so that nobody fills the audit log by failing. */
const RECORDED = { points: 1, duration: 60 };
const RECORDED_IN_ALL = { points: 30, duration: 60 };

/** Counts who fails to prove who they are. */
export interface Failures {
  /** @throws TOO_MANY_FAILURES */
  assertMayTry(from: string): Promise<void>;
  /** Resolves to whether it is to be written down. @throws TOO_MANY_FAILURES */
  count(from: string, as: string | null): Promise<boolean>;
}

export function countFailures(): Failures {
  const bySource = new RateLimiterMemory(BY_SOURCE);
  const closed = new RateLimiterMemory(CLOSED);
  const byIdentity = new RateLimiterMemory(BY_IDENTITY);
  const recorded = new RateLimiterMemory(RECORDED);
  const recordedInAll = new RateLimiterMemory(RECORDED_IN_ALL);

  /** `null`: it may try again. */
  async function failed(source: string): Promise<RateLimiterRes | null> {
    const over = await takes(bySource, source);
    // Of many that fail at once only the first closes the door: once for all of them.
    if (over?.consumedPoints !== BY_SOURCE.points + 1) return over;
    const { consumedPoints: times } = await closed.penalty(source);
    return await bySource.block(source, Math.min(CLOSED_FIRST * 2 ** (times - 1), CLOSED_AT_MOST));
  }

  return {
    async assertMayTry(from) {
      const found = await bySource.get(sourceOf(from));
      if (found !== null && found.consumedPoints > BY_SOURCE.points) throw tooMany(found);
    },
    async count(from, as) {
      const source = sourceOf(from);
      const writesDown =
        (await takes(recorded, source)) === null && (await takes(recordedInAll, 'all')) === null;
      const over = (await failed(source)) ?? (as === null ? null : await takes(byIdentity, as));
      if (over !== null && !writesDown) throw tooMany(over);
      return writesDown;
    },
  };
}

/** `null`: it still fits. */
async function takes(limiter: RateLimiterMemory, name: string): Promise<RateLimiterRes | null> {
  try {
    await limiter.consume(name);
    return null;
  } catch (cause) {
    if (cause instanceof Error) throw cause;
    return cause as RateLimiterRes;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): Later {
  return new Later('TOO_MANY_FAILURES', 'too many tries failed', msBeforeNext / 1000);
}

/** Whoever has one IPv6 address has 2^64 of them. */
function sourceOf(from: string): string {
  if (!isIPv6(from)) return from;
  const bytes = ipaddr.IPv6.parse(from).toByteArray().slice(0, 8);
  return Buffer.from(bytes).toString('hex');
}
