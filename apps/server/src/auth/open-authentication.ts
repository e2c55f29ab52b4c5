import type { IncomingMessage } from 'node:http';
import { isAccessToken } from '@holdfast/core';
import { serverError } from '../errors.ts';
import { remoteAddress } from '../http/remote-address.ts';
import type { Service } from '../service.ts';
import { accessTokens } from './access-tokens.ts';
import { proverOf } from './prove-again.ts';
import { loginBySession } from './by-session.ts';
import { certificateOwner } from './certificates.ts';
import { countFailures } from './failures.ts';
import type { Login } from './login.ts';
import { isFromHere } from './loopback.ts';
import { oidcTokens } from './oidc.ts';
import { assertOwnPage, isSafe } from './own-page.ts';
import type { Authenticate } from './ports.ts';
import type { Principal } from './principal.ts';
import { Unauthenticated } from './unauthenticated.ts';

type Needed = 'config' | 'catalog' | 'catalogAccess' | 'sessions' | 'browserSessions' | 'log';

export interface AuthenticationSettings {
  readonly service: Pick<Service, Needed>;
  /** Whoever is on this machine is administrator. */
  readonly insecureLoopback: boolean;
}

const LOOPBACK: Principal = { id: 'loopback', name: 'loopback', role: 'administrator' };
const INVITATION = 'hq_';

/**
 * A bearer token says who it is, also where a client certificate came as well, which has to be valid then too; else
 * the cookie of a session does, else the certificate.
 */
export function authentication({
  service,
  insecureLoopback,
}: AuthenticationSettings): Authenticate {
  const { config, catalog, catalogAccess, sessions, browserSessions, log } = service;
  const { oidc, clients } = config.server;
  const isTls = config.server.tls !== null;
  const ours = accessTokens(catalog);
  const theirs = oidc === null ? null : oidcTokens(oidc);
  const failures = countFailures();
  const proveAgain = proverOf({ tokens: ours, clients, insecureLoopback });

  async function bearer(token: string, from: string): Promise<Login> {
    if (isAccessToken(token)) {
      const { principal, hash, until } = await ours.ownerOf(token, from);
      return { principal, proof: { by: 'token', hash }, until, session: null };
    }
    if (token.startsWith(INVITATION)) {
      const quorum = sessions.invited(token);
      if (quorum === null) throw new Unauthenticated('invitation', 'this invitation is not valid');
      const { id } = quorum;
      const name = `a custodian (session ${id})`;
      const principal = { id: `session:${id}`, name, role: 'custodian', session: id } as const;
      return { principal, proof: { by: 'invitation' }, until: null, session: null };
    }
    if (theirs === null) throw new Unauthenticated('bearer', 'this is no access token');
    return { ...(await theirs.ownerOf(token)), proof: { by: 'oidc' }, session: null };
  }

  async function whoIs(request: IncomingMessage, from: string): Promise<Login> {
    const owner = certificateOwner(request, clients);
    const token = bearerIn(request);
    if (token !== null) return await bearer(token, from);
    const by = { sessions: browserSessions, isTls, proveAgain };
    const login = await loginBySession(request, from, by);
    if (login !== null) return login;
    if (owner !== null) {
      if (!isSafe(request.method)) assertOwnPage(request, isTls);
      const { principal, fingerprint, until } = owner;
      return { principal, proof: { by: 'certificate', fingerprint }, until, session: null };
    }
    if (insecureLoopback && isFromHere(request)) {
      return { principal: LOOPBACK, proof: { by: 'loopback' }, until: null, session: null };
    }
    throw new Unauthenticated('nothing', 'nothing says who this is');
  }

  return async (request) => {
    const from = remoteAddress(request);
    await failures.assertMayTry(from);
    try {
      return await whoIs(request, from);
    } catch (cause) {
      if (!(cause instanceof Unauthenticated)) throw cause;
      // Who brings nothing tries nothing, and a page whose session is over asks on for a while.
      if (cause.by === 'nothing' || cause.by === 'session') throw cause;
      if (await failures.count(from, cause.as)) {
        log.warn({ from, by: cause.by, as: cause.as }, 'a login failed');
        const detail = { by: cause.by, as: cause.as };
        // Who they say to be they did not prove: it is no more than a detail.
        const who = { who: 'somebody unknown', from: `http from ${from}` };
        const event = { action: 'login.fail', outcome: cause.code, detail } as const;
        await catalogAccess.as(who).recorder.record([event]);
      }
      throw cause;
    }
  };
}

/** @throws UNAUTHENTICATED for an Authorization header that is of another kind */
function bearerIn({ headers }: IncomingMessage): string | null {
  const { authorization } = headers;
  if (authorization === undefined) return null;
  const [, token = ''] = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(authorization) ?? [];
  if (token !== '') return token;
  throw serverError('UNAUTHENTICATED', 'the Authorization header holds no bearer token');
}
