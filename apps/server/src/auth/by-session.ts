import type { IncomingMessage } from 'node:http';
import type { BrowserSessions } from './browser-sessions.ts';
import type { BrowserSession, Login } from './login.ts';
import { assertCsrfToken, assertOwnPage } from './own-page.ts';
import type { Principal } from './principal.ts';
import { cookieIn } from './session-cookie.ts';
import { Unauthenticated } from './unauthenticated.ts';

export interface BySession {
  readonly sessions: BrowserSessions;
  readonly isTls: boolean;
  /** Who it is by what the session was begun with. @throws Unauthenticated */
  readonly proveAgain: (
    session: BrowserSession,
    request: IncomingMessage,
    from: string,
  ) => Promise<Principal>;
}

/**
 * Who makes a request by the cookie of a session; `null`: none vouches for it, and it does not come from a page that
 * believes to be in one.
 *
 * @throws Unauthenticated, CSRF_REFUSED
 */
export async function loginBySession(
  request: IncomingMessage,
  from: string,
  { sessions, isTls, proveAgain }: BySession,
): Promise<Login | null> {
  const { host, 'x-csrf-token': csrf } = request.headers;
  const value = cookieIn(request, isTls);
  const found = value === null ? null : sessions.find(value);
  if (found === null || found.host !== host) {
    // Never what else is there: that page shows who was logged in, and may do so to somebody else.
    if (csrf !== undefined) throw new Unauthenticated('session', 'this session is over');
    return null;
  }
  assertOwnPage(request, isTls);
  assertCsrfToken(request, found.csrf);
  const principal = await proveAgain(found, request, from).catch((cause: unknown) => {
    if (!(cause instanceof Unauthenticated)) throw cause;
    sessions.end(found, 'proof');
    throw new Unauthenticated('session', `this session is over: ${cause.message}`);
  });
  // It may have ended meanwhile.
  if (found.over.aborted) throw new Unauthenticated('session', 'this session is over');
  return { principal, proof: found.proof, until: found.ends, session: found };
}
