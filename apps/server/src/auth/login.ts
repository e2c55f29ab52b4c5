import type { BrowserSession } from './browser-sessions.ts';
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
