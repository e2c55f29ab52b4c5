import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Later } from '../http/problem.ts';
import type { BrowserSession, Login } from './login.ts';

const MOST = 1000;
/** Beyond it the one of them that was used least recently ends: nobody takes all the room. */
const MOST_OF_ONE = 20;
/** In milliseconds, as are all times here. */
const LONGEST = 12 * 3_600_000;
const LOOK_EVERY = 5000;

/** `proof`: what it was begun with is not valid any more. */
export type SessionEnd = 'logout' | 'idle' | 'proof' | 'replaced';

export interface NewSession {
  readonly login: Login;
  readonly from: string;
  readonly host: string;
}

/** The sessions of browsers, in the memory of this one server: none outlives it. */
export interface BrowserSessions extends Disposable {
  /** `value` is what the cookie holds; nothing here keeps it. @throws OVERLOADED */
  begin(what: NewSession): { readonly session: BrowserSession; readonly value: string };
  /** `null`: it is over, or never was. */
  find(value: string): BrowserSession | null;
  /** Somebody is there: it goes on. One that is over stays so. */
  keep(session: BrowserSession): void;
  end(session: BrowserSession, why: SessionEnd): void;
}

interface Kept extends BrowserSession {
  until: number;
  readonly hash: string;
  readonly stop: AbortController;
}

export function openBrowserSessions(
  idle: number,
  onEnd: (session: BrowserSession, why: SessionEnd) => void,
): BrowserSessions {
  /** By the hash of the cookie, those that were used least recently first. */
  const kept = new Map<string, Kept>();

  function end({ id }: BrowserSession, why: SessionEnd): void {
    const entry = byId(id);
    if (entry === undefined) return;
    kept.delete(entry.hash);
    entry.stop.abort();
    onEnd(entry, why);
  }

  const byId = (id: string): Kept | undefined => [...kept.values()].find((it) => it.id === id);

  function endIdle(): void {
    const now = Date.now();
    for (const entry of [...kept.values()]) if (entry.until <= now) end(entry, 'idle');
  }

  const timer = setInterval(endIdle, LOOK_EVERY).unref();
  return {
    begin({ login: { principal, proof, until, session: former }, from, host }) {
      endIdle();
      if (former !== null) end(former, 'replaced');
      const own = [...kept.values()].filter((it) => it.principal.id === principal.id);
      const [oldest] = own;
      if (oldest !== undefined && own.length >= MOST_OF_ONE) end(oldest, 'replaced');
      if (kept.size >= MOST) throw new Later('OVERLOADED', 'too many are logged in', idle / 1000);
      const now = Date.now();
      const ends = Math.min(now + LONGEST, until ?? Infinity);
      const value = randomBytes(32).toString('base64url');
      const stop = new AbortController();
      const session: Kept = {
        ...{ id: randomUUID(), principal, proof, from, host, ends, stop },
        csrf: randomBytes(32).toString('base64url'),
        until: Math.min(now + idle, ends),
        over: stop.signal,
        hash: sha256(value),
      };
      kept.set(session.hash, session);
      return { session, value };
    },
    find(value) {
      const entry = kept.get(sha256(value));
      if (entry === undefined) return null;
      if (entry.until > Date.now()) return entry;
      end(entry, 'idle');
      return null;
    },
    keep({ id }) {
      const entry = byId(id);
      const now = Date.now();
      if (entry === undefined || entry.until <= now) return;
      entry.until = Math.min(now + idle, entry.ends);
      kept.delete(entry.hash);
      kept.set(entry.hash, entry);
    },
    end,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      for (const { stop } of kept.values()) stop.abort();
      kept.clear();
    },
  };
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
