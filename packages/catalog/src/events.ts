import type { ServiceAction } from './service-events.ts';

/**
 * What can happen: the one vocabulary of the audit log. The tables of a catalog are folded out of it, so what
 * is not an event here is not known there. Nothing secret has a place in any of these.
 */
export type CatalogEvent = Subject & {
  /** `ok`, or the code of the error that it ended with. */
  readonly outcome: string;
} & Action;

/** What an event is about; what does not apply is left out. */
export interface Subject {
  /** Name of the secret. */
  readonly secret?: string | undefined;
  /** Id of the backup. */
  readonly backup?: string | undefined;
  /** Id of the copy: `copyId()` of its backup and its place. */
  readonly copy?: string | undefined;
  /** Id of the medium in the register. */
  readonly medium?: string | undefined;
  /** Label and serial number of the token, in words. */
  readonly token?: string | undefined;
  /** Name of the custodian. */
  readonly custodian?: string | undefined;
  /** Id of the job that it was part of. */
  readonly job?: string | undefined;
}

export type Action =
  /** Long work began; told before anything is touched, so that what is cut off is known. */
  | { readonly action: 'job.begin'; readonly detail: JobBegun }
  | { readonly action: 'job.end'; readonly detail: { readonly seconds: number } }
  /** Work that another process began and never ended was found. */
  | { readonly action: 'job.interrupted'; readonly detail: { readonly found: string } }
  /** A backup exists: it was made, or its envelopes were changed, or it was found on a medium. */
  | {
      readonly action: 'backup.make' | 'backup.change' | 'backup.find';
      readonly detail: BackupFacts;
    }
  /** A copy exists and was proven; `find`: it was seen, and only its structure is known. */
  | { readonly action: 'copy.make' | 'copy.find'; readonly detail: CopyFacts }
  | { readonly action: 'copy.verify'; readonly detail: CopyCheck }
  /** Removed by retention, or found to be gone. */
  | { readonly action: 'copy.remove'; readonly detail: { readonly why: string } }
  | {
      readonly action: 'restore';
      readonly detail: { readonly where: string; readonly envelope: number | null };
    }
  | { readonly action: 'drill'; readonly detail: DrillFacts }
  | {
      readonly action: 'secret.generate' | 'secret.import' | 'secret.rotate' | 'secret.read';
      readonly detail: { readonly version: number | null };
    }
  /** The live secret was read and compared with its newest backup. */
  | { readonly action: 'secret.observe'; readonly detail: { readonly mark: string | null } }
  /** How to read the live secret again, and the policy that it has to meet. */
  | { readonly action: 'secret.describe'; readonly detail: SecretFacts }
  | {
      readonly action: 'token.enroll' | 'token.test' | 'token.forget' | 'token.generate-key';
      readonly detail: { readonly alias: string | null; readonly fingerprint: string | null };
    }
  | { readonly action: 'medium.see' | 'medium.describe'; readonly detail: MediumFacts }
  | { readonly action: 'medium.forget'; readonly detail: Record<string, never> }
  | { readonly action: 'custodian.add' | 'custodian.change'; readonly detail: CustodianFacts }
  | { readonly action: 'custodian.remove'; readonly detail: Record<string, never> }
  /** A holder proved that a share opens and fits, or passed it on for a restore. */
  | { readonly action: 'custodian.check' | 'custodian.contribute'; readonly detail: ShareFacts }
  | ServiceAction
  | { readonly action: 'catalog.rebuild'; readonly detail: RebuildFacts }
  | { readonly action: 'init'; readonly detail: { readonly made: readonly string[] } };

export type ActionName = Action['action'];

export interface JobBegun {
  /** The use case: `backup`, `restore`, `drill` … */
  readonly kind: string;
  readonly pid: number;
  /** Of the machine: with another one, the process is gone for sure. */
  readonly boot: string;
  /** When the process started, as the system tells it; with pid and boot it names one process. */
  readonly processStarted: string;
  readonly host: string;
  /** Where something of it may lie when it is cut off. */
  readonly places: readonly JobPlace[];
}

export interface JobPlace {
  readonly place: PlaceFacts;
  /** Id of the medium, where the place is one. */
  readonly medium: string | null;
  /** Name of the file; `null`: not decided when it began. */
  readonly file: string | null;
}

/** Where a copy is: in a folder, or on a medium of the register. */
export type PlaceFacts =
  | {
      readonly kind: 'folder';
      readonly path: string;
      /** Of which machine. */
      readonly host: string;
    }
  /** The medium is the event's own subject. */
  | { readonly kind: 'medium'; readonly path: null };

export interface BackupFacts {
  readonly generation: number;
  /** SHA-256 of the manifest, in hex; what the next generation calls its predecessor. */
  readonly manifest: string;
  readonly previous: string | null;
  readonly created: string;
  readonly host: string | null;
  readonly kind: 'file' | 'tar';
  /** Bytes of the backup file. */
  readonly size: number;
  readonly payloadDigest: string;
  /** Fingerprint of the signer; `null`: nobody signed it. */
  readonly signer: string | null;
  readonly trusted: boolean;
  readonly discreet: boolean;
  readonly waivers: readonly string[];
  readonly envelopes: readonly EnvelopeFacts[];
  /** HMAC of the secret under the instance's key; `null` where another instance made it. */
  readonly mark: string | null;
}

/** An envelope as its manifest tells it. */
export interface EnvelopeFacts {
  readonly index: number;
  readonly factors: readonly FactorFacts[];
}

export type FactorFacts =
  | { readonly kind: 'password' }
  | { readonly kind: 'recipient'; readonly recipient: string | null }
  | {
      readonly kind: 'token';
      readonly label: string | null;
      readonly serial: string | null;
      readonly fingerprint: string | null;
      readonly extractable: boolean | null;
    }
  | {
      readonly kind: 'quorum';
      readonly threshold: number;
      readonly custodians: readonly {
        readonly name: string;
        readonly factors: readonly FactorFacts[];
      }[];
    };

export interface CopyFacts {
  readonly place: PlaceFacts;
  readonly generation: number;
  /** Name of the file on the medium or in the folder. */
  readonly file: string;
  readonly size: number;
  /** `remounted`, `direct`, `cached`; `null` when it was only seen. */
  readonly proof: string | null;
  /** Copy k of n of the act that made it. */
  readonly number: number | null;
  readonly of: number | null;
}

export interface CopyCheck {
  readonly checked: 'structure' | 'everything';
  readonly fromMedium: boolean;
  readonly opened: readonly number[];
}

export interface DrillFacts {
  /** Id of the receipt. */
  readonly id: string;
  readonly envelope: number | null;
  /** Names of the custodians who took part. */
  readonly custodians: readonly string[];
  readonly fromMedium: boolean;
  /** Whether the live secret is the one in the copy; `null`: it was not compared. */
  readonly sameAsLive: boolean | null;
  /** Whether the check command was content; `null`: there was none. */
  readonly checkPassed: boolean | null;
  /** The signed receipt, as text. */
  readonly receipt: string | null;
  readonly signature: string | null;
}

export interface SecretFacts {
  /** How to read it: `file`, `files`, `store`, `command`; `null`: it cannot be read again (stdin). */
  readonly source: {
    readonly kind: 'file' | 'files' | 'store' | 'command';
    readonly what: readonly string[];
  } | null;
  readonly policy: string | null;
}

export interface MediumFacts {
  readonly label: string | null;
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  /** Bytes of the volume. */
  readonly size: number | null;
  /** What its owner calls it, where it lies, whose it is; a `medium.see` leaves them out. */
  readonly name?: string | null;
  readonly location?: string | null;
  readonly owner?: string | null;
  readonly protected?: boolean;
}

export interface CustodianFacts {
  /** Factors in words, as in an envelope expression: `password`, `recipient(age1…)`. */
  readonly factors: string;
  readonly contact: string | null;
  /** Days between checks; `null`: as the policy has it. */
  readonly checkEvery: number | null;
}

export interface ShareFacts {
  readonly envelope: number;
  readonly set: string;
}

export interface RebuildFacts {
  /** What became of the former catalog, in words. */
  readonly former: string;
  readonly backups: number;
  readonly copies: number;
  readonly media: number;
}
