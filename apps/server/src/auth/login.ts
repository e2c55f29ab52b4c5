import type { Principal } from './principal.ts';

/** What somebody proved who they are by: enough to prove it again with each request of a session, and nothing secret. */
export type Proof =
  /** Of the access token, SHA-256 in hex. */
  | { readonly by: 'token'; readonly hash: string }
  /** Of the client certificate, likewise. */
  | { readonly by: 'certificate'; readonly fingerprint: string }
  | { readonly by: 'oidc' | 'invitation' | 'loopback' };

/** Who makes a request, and how that is known. */
export interface Login {
  readonly principal: Principal;
  readonly proof: Proof;
  /** When the proof is over, in milliseconds since 1970; `null`: it does not say. */
  readonly until: number | null;
  /** The session whose cookie vouches for it. */
  readonly session: BrowserSession | null;
}

/** Somebody who logged in with a browser. */
export interface BrowserSession {
  /** What the audit log calls it: it opens nothing. */
  readonly id: string;
  readonly principal: Principal;
  readonly proof: Proof;
  /** Address that it was begun from, and the Host that it was begun at, which its cookie is for. */
  readonly from: string;
  readonly host: string;
  readonly csrf: string;
  /** When it ends unless it is kept alive, and when it ends in any case. */
  readonly until: number;
  readonly ends: number;
  /** Fires when it ends. */
  readonly over: AbortSignal;
}
