import type { ClientConfig } from '@holdfast/core';
import type { AccessTokens } from './access-tokens.ts';
import type { BySession } from './by-session.ts';
import { certificateOwner } from './certificates.ts';
import { isFromHere } from './loopback.ts';
import { Unauthenticated } from './unauthenticated.ts';

export interface ProverSettings {
  readonly tokens: AccessTokens;
  readonly clients: Readonly<Record<string, ClientConfig>>;
  readonly insecureLoopback: boolean;
}

/** With each request of a session: what it was begun with has to hold still. */
export function proverOf({
  tokens,
  clients,
  insecureLoopback,
}: ProverSettings): BySession['proveAgain'] {
  return async ({ proof, principal }, request, from) => {
    switch (proof.by) {
      case 'token':
        return (await tokens.ownerByHash(proof.hash, from)).principal;
      case 'certificate': {
        const owner = certificateOwner(request, clients);
        if (owner?.fingerprint === proof.fingerprint) return owner.principal;
        throw new Unauthenticated('session', 'its certificate is not there');
      }
      case 'loopback':
        if (insecureLoopback && isFromHere(request)) return principal;
        throw new Unauthenticated('session', 'it is of this machine');
      case 'oidc':
        // The session ends with the token; no issuer is asked about it meanwhile.
        return principal;
      case 'invitation':
        throw new Unauthenticated('session', 'an invitation begins none');
    }
  };
}
