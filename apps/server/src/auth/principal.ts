import type { Role } from '@holdfast/api';

/** Who makes a request, once that is proven. */
export interface Principal {
  /** Tells one identity from another: `token:ci`, `certificate:alice`, `oidc:ISSUER#SUBJECT`, `loopback`. */
  readonly id: string;
  /** As the audit log tells it. */
  readonly name: string;
  readonly role: Role;
  /** The one quorum session that an invitation is for. */
  readonly session?: string | undefined;
}

/** In whose name something is done. */
export interface Actor {
  readonly who: string;
  readonly from: string;
}

export function actorOf({ name }: Pick<Principal, 'name'>, address: string): Actor {
  return { who: name, from: `http from ${address}` };
}
