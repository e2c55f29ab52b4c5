import type { Contribution, Identity } from '@holdfast/core';
import type { Principal } from '../auth/principal.ts';

/** What the shares of a session are for; custodians see it before they give theirs. */
export type Purpose =
  | { readonly kind: 'restore'; readonly target: string }
  /** The shares are sealed to this recipient: the service passes them on, and can open none. */
  | { readonly kind: 'relay'; readonly recipient: string };

export interface QuorumSession {
  readonly id: string;
  readonly backup: string;
  readonly secret: string | null;
  readonly purpose: Purpose;
  /** What custodians seal their shares to. */
  readonly recipient: string;
  readonly who: string;
  readonly created: string;
  readonly until: string;
  /** Who sent a share, in the order in which they came; what it is worth shows when it is opened. */
  readonly shares: readonly { readonly custodian: string; readonly at: string }[];
  readonly state: 'open' | 'used' | 'ended' | 'expired';
}

/** Sessions live in the memory of one server. */
export interface QuorumSessions extends Disposable {
  begin(session: {
    readonly backup: string;
    readonly secret: string | null;
    readonly purpose: Purpose;
    readonly by: Principal;
    /** Seconds. */
    readonly within: number;
  }): QuorumSession & { readonly invitation: string };
  list(): readonly QuorumSession[];
  /** @throws SESSION_NOT_FOUND */
  find(id: string): QuorumSession;
  /** Which session an invitation is for; compared in constant time. `null`: none. */
  invited(invitation: string): QuorumSession | null;
  /** Takes a sealed share, unopened. @throws SESSION_NOT_FOUND, SESSION_OVER, SHARE_INVALID for what is no age file */
  add(id: string, custodian: string, bytes: Uint8Array): QuorumSession;
  /** The sealed shares of a session for another recipient. @throws SESSION_NOT_FOUND */
  sealed(id: string): readonly { readonly custodian: string; readonly bytes: Uint8Array }[];
  /**
   * Gives its shares, and what opens them, to the one restore that it is for. It stays open until it is ended as
   * `used`: where a share was bad, another can be sent.
   *
   * @throws SESSION_NOT_FOUND, SESSION_OVER, FORBIDDEN when it is for something else
   */
  use(
    id: string,
    what: { readonly backup: string; readonly target: string },
  ): {
    readonly contributions: readonly Contribution[];
    readonly identity: Identity;
    readonly session: QuorumSession;
  };
  end(id: string, state: 'used' | 'ended'): void;
}
