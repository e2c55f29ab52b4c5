import type { IncomingMessage } from 'node:http';
import { isAccessToken } from '@holdfast/core';
import { serverError } from '../errors.ts';
import { remoteAddress } from '../http/remote-address.ts';
import type { Service } from '../service.ts';
import { accessTokens } from './access-tokens.ts';
import { certificateOwner } from './certificates.ts';
import { countFailures } from './failures.ts';
import { isFromHere } from './loopback.ts';
import { oidcTokens } from './oidc.ts';
import type { Authenticate } from './ports.ts';
import type { Principal } from './principal.ts';
import { Unauthenticated } from './unauthenticated.ts';

export interface AuthenticationSettings {
  readonly service: Pick<Service, 'config' | 'catalog' | 'catalogAccess' | 'sessions' | 'log'>;
  /** Whoever is on this machine is administrator. */
  readonly insecureLoopback: boolean;
}

const LOOPBACK: Principal = { id: 'loopback', name: 'loopback', role: 'administrator' };
const INVITATION = 'hq_';

/**
 * A bearer token says who it is, also where a client certificate came as well, which has to be valid then too; else
 * the certificate does.
 */
export function authentication({
  service,
  insecureLoopback,
}: AuthenticationSettings): Authenticate {
  const { config, catalog, catalogAccess, sessions, log } = service;
  const { oidc, clients } = config.server;
  const ours = accessTokens(catalog);
  const theirs = oidc === null ? null : oidcTokens(oidc);
  const failures = countFailures();

  async function bearer(token: string, from: string): Promise<Principal> {
    if (isAccessToken(token)) return await ours.principalOf(token, from);
    if (token.startsWith(INVITATION)) {
      const session = sessions.invited(token);
      if (session === null) throw new Unauthenticated('invitation', 'this invitation is not valid');
      const id = `session:${session.id}`;
      return {
        id,
        name: `a custodian (session ${session.id})`,
        role: 'custodian',
        session: session.id,
      };
    }
    if (theirs === null) throw new Unauthenticated('bearer', 'this is no access token');
    return await theirs.principalOf(token);
  }

  async function whoIs(request: IncomingMessage, from: string): Promise<Principal> {
    const owner = certificateOwner(request, clients);
    const token = bearerIn(request);
    if (token !== null) return await bearer(token, from);
    if (owner !== null) return owner;
    if (insecureLoopback && isFromHere(request)) return LOOPBACK;
    throw new Unauthenticated('nothing', 'nothing says who this is');
  }

  return async (request) => {
    const from = remoteAddress(request);
    await failures.assertMayTry(from);
    try {
      return await whoIs(request, from);
    } catch (cause) {
      if (!(cause instanceof Unauthenticated)) throw cause;
      // Who brings nothing tries nothing.
      if (cause.by === 'nothing') throw cause;
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
