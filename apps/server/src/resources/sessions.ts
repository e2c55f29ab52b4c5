import type { BrowserSession } from '../auth/login.ts';
import type { Login } from '../auth/login.ts';
import type { Principal } from '../auth/principal.ts';
import { cookieFor, noCookie } from '../auth/session-cookie.ts';
import { Unauthenticated } from '../auth/unauthenticated.ts';
import { serverError } from '../errors.ts';
import type { Handlers } from '../http/handler.ts';
import type { Service } from '../service.ts';

export const sessions: Handlers<'beginSession' | 'showSession' | 'keepSession' | 'endSession'> = {
  async beginSession({ service, login, actor, from, host }) {
    const { browserSessions, catalogAccess } = service;
    const { session, value } = browserSessions.begin({ login, from, host });
    const json = shown(session, login.principal, service);
    const detail = { session: session.id, by: session.proof.by };
    const { recorder } = catalogAccess.as(actor);
    await recorder.record([{ action: 'session.begin', outcome: 'ok', detail }]);
    return { status: 201, json, headers: { 'Set-Cookie': cookieFor(value, isTls(service)) } };
  },
  async showSession({ service, login }) {
    const json = shown(sessionOf(login), login.principal, service);
    return await Promise.resolve({ status: 200, json });
  },
  async keepSession({ service, login }) {
    const session = sessionOf(login);
    service.browserSessions.keep(session);
    return await Promise.resolve({ status: 200, json: shown(session, login.principal, service) });
  },
  async endSession({ service, login }) {
    service.browserSessions.end(sessionOf(login), 'logout');
    const headers = { 'Set-Cookie': noCookie(isTls(service)) };
    return await Promise.resolve({ status: 204, headers });
  },
};

function isTls({ config }: Service): boolean {
  return config.server.tls !== null;
}

function sessionOf({ session }: Login): BrowserSession {
  if (session !== null) return session;
  throw new Unauthenticated('session', 'no cookie of a session vouches for this request');
}

function shown(
  { csrf, until, ends }: BrowserSession,
  { name, role }: Principal,
  { config }: Service,
) {
  if (role === 'custodian') throw serverError('FORBIDDEN', 'an invitation begins no session');
  return {
    ...{ name, role, csrf },
    idle: config.server.sessionIdle / 1000,
    until: new Date(until).toISOString(),
    ends: new Date(ends).toISOString(),
  };
}
