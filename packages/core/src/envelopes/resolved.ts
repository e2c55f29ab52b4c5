import type { Recipient } from '@holdfast/age';
import type { KeyDetails } from '@holdfast/token';

/** An envelope to come whose keys are known; nothing secret was asked for yet. */
export interface ResolvedEnvelope {
  readonly index: number;
  readonly factors: readonly ResolvedFactor[];
}

export type ResolvedFactor = ResolvedPlainFactor | ResolvedQuorum;

export type ResolvedPlainFactor =
  | { readonly kind: 'password' }
  | { readonly kind: 'recipient'; readonly recipient: Recipient; readonly text: string }
  | {
      readonly kind: 'token';
      readonly key: { readonly details: KeyDetails; readonly recipient: Recipient };
      readonly identity: string;
    };

export interface ResolvedQuorum {
  readonly kind: 'quorum';
  readonly threshold: number;
  /** By name. */
  readonly custodians: readonly ResolvedCustodian[];
  /** Sets of shares that the new one takes the place of, the newest first. */
  readonly predecessors: readonly string[];
}

export interface ResolvedCustodian {
  readonly name: string;
  readonly factors: readonly ResolvedPlainFactor[];
}
