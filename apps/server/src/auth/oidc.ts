import type { OidcConfig, ServerRole } from '@holdfast/core';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { serverError } from '../errors.ts';
import type { Principal } from './principal.ts';
import { Unauthenticated } from './unauthenticated.ts';

/** Only signatures that a public key checks: with any other, whoever can check could sign. */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
];
/** Of a token that is meant for access, by RFC 9068 and by those who came before it: not one that tells of a logout. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];
/** What tells of the issuer, and not of the token. */
const ISSUER_FAILED = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];
/** In milliseconds, as are the next two. */
const TIMEOUT = 5000;
const FOUND_AGAIN_AFTER = 3_600_000;
/** Whoever brings nonsense is not to have an issuer that is away asked each time. */
const TRIED_AGAIN_AFTER = 2000;
/** In seconds. */
const TOLERANCE = 30;
const RANK: readonly ServerRole[] = ['administrator', 'operator', 'auditor'];

type Keys = ReturnType<typeof createRemoteJWKSet>;

export interface OidcTokens {
  /** @throws Unauthenticated, FORBIDDEN for somebody whose groups have no role here */
  ownerOf(token: string): Promise<OidcOwner>;
}

export interface OidcOwner {
  readonly principal: Principal;
  /** When the token expires, in milliseconds since 1970. */
  readonly until: number;
}

/** Access tokens of an OpenID provider, whose keys are found from its issuer (OpenID Connect Discovery 1.0). */
export function oidcTokens({ issuer, audience, roleClaim, roles }: OidcConfig): OidcTokens {
  let found: { readonly keys: Promise<Keys>; until: number } | null = null;

  async function keys(): Promise<Keys> {
    if (found === null || performance.now() > found.until) {
      const finding = { keys: discover(issuer), until: performance.now() + FOUND_AGAIN_AFTER };
      finding.keys.catch(() => {
        finding.until = performance.now() + TRIED_AGAIN_AFTER;
      });
      found = finding;
    }
    return await found.keys;
  }

  return {
    async ownerOf(token) {
      const claims = await verified(token, await keys());
      const { sub, exp = 0 } = claims;
      if (sub === undefined || sub === '') throw new Unauthenticated('oidc', 'it has no subject');
      const name = nameIn(claims, issuer) ?? `${sub}@${new URL(issuer).host}`;
      const role = roleIn(claims[roleClaim]);
      const id = `oidc:${issuer}#${sub}`;
      if (role !== null) return { principal: { id, name, role }, until: exp * 1000 };
      throw serverError('FORBIDDEN', `nothing in the claim ${roleClaim} has a role here`);
    },
  };

  async function verified(token: string, set: Keys): Promise<JWTPayload> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, set, {
        ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: TOLERANCE },
        requiredClaims: ['exp', 'sub'],
      });
      const { typ = 'JWT' } = protectedHeader;
      if (!TYPES.includes(typ.toLowerCase())) throw new errors.JWTInvalid('it is of another type');
      return payload;
    } catch (cause) {
      if (!(cause instanceof errors.JOSEError)) throw unreachable(issuer, cause);
      if (ISSUER_FAILED.includes(cause.code)) throw unreachable(issuer, cause);
      throw new Unauthenticated('oidc', `this access token is not valid: ${cause.code}`);
    }
  }

  function roleIn(claim: unknown): ServerRole | null {
    const values = (Array.isArray(claim) ? claim : [claim]).filter((it) => typeof it === 'string');
    const held = values.flatMap((value) => (Object.hasOwn(roles, value) ? [roles[value]] : []));
    return RANK.find((role) => held.includes(role)) ?? null;
  }
}

/** With the place that gave it: no client certificate or access token of ours has an `@` in its name. */
function nameIn({ preferred_username: login, email }: JWTPayload, issuer: string): string | null {
  const name = [login, email].find((it) => typeof it === 'string' && /^[\w.@+-]{1,128}$/.test(it));
  if (typeof name !== 'string') return null;
  return name.includes('@') ? name : `${name}@${new URL(issuer).host}`;
}

async function discover(issuer: string): Promise<Keys> {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const answer = await fetch(at, { signal, redirect: 'error' });
    if (!answer.ok) throw new Error(`it answered ${String(answer.status)}`);
    const document = (await answer.json()) as {
      readonly issuer?: unknown;
      readonly jwks_uri?: unknown;
    };
    if (document.issuer !== issuer) throw new Error('its document is of another issuer');
    const url = URL.parse(String(document.jwks_uri));
    if (url?.protocol !== new URL(issuer).protocol) throw new Error('it names no keys');
    return createRemoteJWKSet(url, { timeoutDuration: TIMEOUT, cooldownDuration: TIMEOUT });
  } catch (cause) {
    throw unreachable(issuer, cause);
  }
}

/** It is not the caller’s fault, and they may try again. */
function unreachable(issuer: string, cause: unknown): Error {
  return serverError('ISSUER_UNREACHABLE', `the keys of ${issuer} cannot be had`, { cause });
}
