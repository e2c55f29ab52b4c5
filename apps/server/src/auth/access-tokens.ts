import { timingSafeEqual } from 'node:crypto';
import { accessTokenHash } from '@holdfast/core';
import type { AccessRow, Catalog } from '@holdfast/core/service';
import ipaddr from 'ipaddr.js';
import type { Principal } from './principal.ts';
import { Unauthenticated } from './unauthenticated.ts';

/** So long after it was made or revoked a token is known as that. In milliseconds. */
const HOLDS = 1000;

export interface AccessTokens {
  /** @throws Unauthenticated */
  ownerOf(token: string, from: string): Promise<TokenOwner>;
  /** Of the token that has this SHA-256, in hex. @throws likewise */
  ownerByHash(hash: string, from: string): Promise<TokenOwner>;
}

export interface TokenOwner {
  readonly principal: Principal;
  readonly hash: string;
  /** When it expires, in milliseconds since 1970; `null`: never. */
  readonly until: number | null;
}

/** The tokens that the catalog knows, read again often enough that none takes a restart. */
export function accessTokens(catalog: () => Promise<Catalog>): AccessTokens {
  let known: { readonly rows: Promise<readonly AccessRow[]>; readonly at: number } | null = null;

  async function rows(): Promise<readonly AccessRow[]> {
    if (known === null || performance.now() - known.at > HOLDS) {
      const reading = catalog().then(async (open) => await open.access());
      known = { rows: reading, at: performance.now() };
    }
    return await known.rows.catch((cause: unknown) => {
      known = null;
      throw cause;
    });
  }

  return {
    async ownerOf(token, from) {
      const hash = accessTokenHash(token);
      if (hash === null) throw new Unauthenticated('token', 'this is no access token');
      return await this.ownerByHash(hash, from);
    },
    async ownerByHash(hash, from) {
      const given = Buffer.from(hash, 'hex');
      let found = fitting(await rows(), given);
      if (found === undefined) {
        // It may have been made just now.
        known = null;
        found = fitting(await rows(), given);
      }
      if (found === undefined) throw new Unauthenticated('token', 'nobody has this access token');
      const { name, role, expires, sources, removedAt } = found;
      if (removedAt !== null) throw refused(name, 'was revoked');
      if (expires !== null && Date.parse(expires) <= Date.now()) throw refused(name, 'has expired');
      if (sources.length > 0 && !sources.some((source) => isFrom(source, from))) {
        throw refused(name, 'may not be used from this address');
      }
      const until = expires === null ? null : Date.parse(expires);
      return { principal: { id: `token:${name}`, name, role }, hash, until };
    },
  };
}

/** All are compared, however early one fits. */
function fitting(rows: readonly AccessRow[], given: Uint8Array): AccessRow | undefined {
  const [found] = rows.filter((row) => timingSafeEqual(Buffer.from(row.hash, 'hex'), given));
  return found;
}

function refused(name: string, why: string): Unauthenticated {
  return new Unauthenticated('token', `this access token ${why}`, name);
}

function isFrom(source: string, from: string): boolean {
  try {
    const address = ipaddr.process(from);
    if (!source.includes('/')) return address.toString() === ipaddr.process(source).toString();
    const [network, bits] = ipaddr.parseCIDR(source);
    return address.kind() === network.kind() && address.match(network, bits);
  } catch {
    return false;
  }
}
