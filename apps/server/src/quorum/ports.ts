import type { Contribution, Identity } from '@holdfast/core';
import type { Principal } from '../auth/principal.ts';
import type { Actor } from '../auth/principal.ts';

/** What the shares of a session are for; custodians see it before they give theirs. */
export type Purpose =
  | { readonly kind: 'restore'; readonly target: string }
  /** The shares are sealed to this recipient: the service passes them on, and can open none. */
  | { readonly kind: 'relay'; readonly recipient: string };

/** Whose shares open an envelope, and how many it takes. */
export interface Quorum {
  readonly generation: number;
  readonly envelope: number;
  readonly threshold: number;
  /** `factors`: what they open their share with, in words. */
  readonly custodians: readonly { readonly name: string; readonly factors: string }[];
}

export interface QuorumSession {
  readonly id: string;
  readonly backup: string;
  readonly secret: string | null;
  readonly purpose: Purpose;
  /** What custodians seal their shares to. */
  readonly recipient: string;
  readonly who: string;
  readonly quorums: readonly Quorum[];
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
    /** Of each generation of the backup that is known. */
    readonly quorums: readonly Quorum[];
    readonly by: Principal;
    /** Seconds. */
    readonly within: number;
  }): QuorumSession & { readonly invitation: string };
  list(): readonly QuorumSession[];
  /** @throws SESSION_NOT_FOUND */
  find(id: string): QuorumSession;
  /** Which session an invitation is for; compared in constant time. `null`: none. */
  invited(invitation: string): QuorumSession | null;
  /**
   * Takes a sealed share, unopened, in place of the former one of this custodian. Of people whom no quorum names it takes
   * none: nothing could ever replace what they sent.
   *
   * @throws SESSION_NOT_FOUND, SESSION_OVER, CUSTODIAN_UNKNOWN, SHARE_INVALID for what is no age file
   */
  add(id: string, custodian: string, bytes: Uint8Array): QuorumSession;
  /** The sealed shares of a session, armored. @throws SESSION_NOT_FOUND, SESSION_OVER */
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
  /** Forgets what came, in somebody’s name. One that is over stays as it is. @throws SESSION_NOT_FOUND */
  end(id: string, state: 'used' | 'ended', by: Actor): void;
}
