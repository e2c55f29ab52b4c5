import type { CatalogEvent, SecretFacts } from '@holdfast/catalog';
import type { FileInput, Identity, Secret } from '@holdfast/age';
import type { ChosenVolume } from '@holdfast/media';
import type { ContributionPurpose } from './quorum/binding.ts';

/** What the payload's bytes are: the secret's own, or a tar of several files. */
export type PayloadKind = 'file' | 'tar';

/** How far long work has come. `total` is `null` while nobody can know it. */
export interface Progress {
  readonly phase: 'sealing' | 'writing' | 'reading back' | 'checking' | 'restoring' | 'copying';
  readonly done: number;
  readonly total: number | null;
}

/** Where a secret is read from. */
export interface SecretSource {
  /** What the secret is called unless the caller names it. */
  readonly name: string;
  readonly kind: PayloadKind;
  open(options: { signal?: AbortSignal }): Promise<OpenSource>;
}

export interface OpenSource extends AsyncDisposable {
  /** Bytes that will come, when that is known. */
  readonly size: number | null;
  readonly content: FileInput | AsyncIterable<Uint8Array>;
  /** How it can be read again to be compared; without it, it cannot. */
  readonly origin?: SecretFacts['source'] | undefined;
  /**
   * To be called after the last byte was read and before it is trusted.
   * Throws SOURCE_CHANGED, SOURCE_EMPTY or COMMAND_FAILED.
   */
  finish(bytesRead: number): Promise<void>;
}

/** Where a restored secret goes. */
export type RestoreTarget = FileTarget | StreamTarget;

/** A file: written aside, and given its name only after the last check has passed. */
export interface FileTarget {
  readonly kind: 'file';
  readonly path: string;
}

/** Anything that takes bytes one after another. It is given nothing before the whole backup was verified. */
export interface StreamTarget {
  readonly kind: 'stream';
  /** In words, for the report: "standard output", "the folder conf", … */
  readonly where: string;
  /** Which payloads it can take. */
  readonly accepts: readonly PayloadKind[];
  /** Throws before anything is opened when it could not take the secret in the end. */
  prepare?(): Promise<void>;
  /** Resolves to the path of what was kept aside, if anything was replaced. */
  consume(
    plaintext: AsyncIterable<Uint8Array>,
    options: { signal?: AbortSignal },
  ): Promise<string | null>;
}

/** Where factors come from: a terminal, files, an agent. PINs come from the `PinSource` of the tokens. */
export interface FactorSource {
  /** A new password to seal envelope `index` with, or a custodian's share in it. The result is the caller's to dispose. */
  newPassword(request: NewPasswordRequest): Promise<Secret>;
  /** The password of an existing envelope, or `null` when there is none (left) to try. */
  password(request: PasswordRequest): Promise<Secret | null>;
  /** age identities to try on envelopes for recipients; empty when there are none. */
  identities(): Promise<readonly Identity[]>;
  /**
   * Whether an existing password can be had without asking a person: then it is used before any token is.
   * Without it: no.
   */
  hasPassword?(): Promise<boolean>;
  /** Shares that custodians sent, each sealed to one of `identities`. They are looked at before anybody is asked. */
  contributions?(): Promise<readonly Contribution[]>;
  /** Whether this custodian's password can be had without asking a person. Without it: no. */
  hasCustodianPassword?(name: string): Promise<boolean>;
  /** Whether the PIN of a token can be had without asking a person. Without it: no. */
  hasPin?(): Promise<boolean>;
  /**
   * Which custodian is there next, or what one has sent; `null` when nobody else comes. What they open their share
   * with is asked for after that. Without it, nobody is asked.
   */
  custodian?(request: CustodianCall): Promise<CustodianAnswer | null>;
  /** Told of a token that failed, before the person is asked for the password of another envelope instead. */
  tokenFailed?(failure: { readonly code: string; readonly message: string }): void;
  /**
   * Called while nothing but a token that is not here could open the backup: resolves to `true` to look for
   * it again, after a person has inserted one or after a moment, and to `false` to give up. Without it, nobody
   * waits. It should end soon after `signal` fires.
   */
  waitForToken?(request: TokenWait): Promise<boolean>;
}

export interface NewPasswordRequest {
  readonly index: number;
  /** Whose it will be, when it is for a share. */
  readonly custodian?: string | undefined;
}

/** A share as a custodian sent it. */
export interface Contribution {
  /** Where it came from, in words: the name of its file. */
  readonly from: string;
  readonly bytes: Uint8Array;
  /** The one restore that it has to have been given for; without it, any. */
  readonly purpose?: ContributionPurpose | undefined;
}

export interface CustodianCall {
  readonly envelope: number;
  readonly threshold: number;
  /** Whose shares are there already. */
  readonly have: readonly string[];
  /** Who could bring one, and what they open it with, in words. */
  readonly candidates: readonly { readonly name: string; readonly factors: string }[];
  /** What the former answer ended with; the shares that are there stand. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export type CustodianAnswer = { readonly name: string } | { readonly contribution: Contribution };

export interface TokenWait {
  /** Any one of these would do; empty when the backup does not say, because it is discreet. */
  readonly wanted: readonly { readonly label: string; readonly serial: string }[];
  /** 1 at first; again with 2, 3 … while none of them is there. */
  readonly attempt: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PasswordRequest {
  readonly secret: string | null;
  readonly hint: string | null;
  readonly created: string;
  /** 1 at first; asked again with 2, 3 … while the password given was wrong. */
  readonly attempt: number;
  /** Indexes of the envelopes that a password opens. */
  readonly envelopes: readonly number[];
  /** Whose password it is, when it opens a share. */
  readonly custodian?: string | undefined;
  /** Whether custodians can open it without this password: `null` goes on to them. */
  readonly orQuorum?: boolean | undefined;
}

/** Asked while media are chosen: a person at a terminal, or nobody. */
export interface MediumSource {
  /**
   * Called while too few media are there, each time that anything was plugged in or out: resolves to how many
   * milliseconds more to wait for one; 0 is to give up. Without it, nobody waits.
   */
  waitForMedium?(request: MediumWait): Promise<number>;
  /** Which of several that fit; `null` to give up. Without it, that is an error that names them. */
  chooseMedium?(request: MediumChoice): Promise<ChosenVolume | null>;
  /** Which of several secrets on a medium; `null` to give up. Without it, that is an error that names them. */
  chooseBackup?(names: readonly string[]): Promise<string | null>;
  /** Told of each medium that was found, before anything is done with it. */
  mediumFound?(found: ChosenVolume): void;
  /**
   * Asked before a backup is written to a medium that the register does not know: resolves to what to call it,
   * `null` not to use it, and `undefined` when nobody is there to say. Without it, it is used.
   */
  admitMedium?(request: MediumAdmission): Promise<MediumWords | null | undefined>;
}

export interface MediumWait {
  /** What was asked for, as it was written. */
  readonly selector: string;
  /** How many are still missing. */
  readonly missing: number;
  /** What is plugged in and fits, but is not used, each with its reason in words. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

export interface MediumChoice {
  readonly candidates: readonly ChosenVolume[];
  /** 1 for the first copy, 2 for the second … */
  readonly number: number;
  readonly of: number;
}

export interface MediumAdmission {
  readonly found: ChosenVolume;
  /** Throws when these words cannot be taken: USAGE, MEDIUM_NAME_TAKEN. */
  readonly check: (words: MediumWords) => void;
}

/** What a person says of a medium; what is left out stays as it is. */
export interface MediumWords {
  readonly name?: string | undefined;
  /** Where it lies: "bank box 2". Empty takes back what was said before. */
  readonly location?: string | undefined;
  /** Whose it is. Empty likewise. */
  readonly owner?: string | undefined;
}

/** Who the custodians are whom a quorum names. */
export interface CustodianBook {
  /** `null`: nobody here knows that name. `factors` as in an envelope expression, such as `password`. */
  find(name: string): Promise<{ readonly name: string; readonly factors: string } | null>;
}

/**
 * Keeps what was done. It never fails what it is told of: what the catalog cannot take now is kept in a journal
 * until it can, and what even that cannot take is a warning.
 */
export interface Recorder {
  record(events: readonly CatalogEvent[]): Promise<void>;
  /** What could not be recorded so far, in words. */
  readonly warnings: readonly string[];
}
