/** What the signatures of receipts are for; `ssh-keygen -Y verify -n` asks for it. */
export const DRILL_NAMESPACE = 'holdfast-drill';

export const RECEIPT_FORMAT = 'holdfast-drill/1';

/** What a drill showed and what it did not, by whom and with which copy. Nothing secret has a place in it. */
export interface Receipt {
  readonly format: typeof RECEIPT_FORMAT;
  readonly id: string;
  /** A login name, and who became it. */
  readonly who: string;
  /** The machine that it was made on. */
  readonly host: string;
  /** Fingerprint of the key that signed it. */
  readonly instance: string;
  readonly holdfast: string;
  /** UTC, milliseconds; so is `ended`. */
  readonly started: string;
  readonly ended: string;
  /** `ok`, or the code of the error that it ended with. */
  readonly outcome: string;
  /** The same in words; `null` when it went well. */
  readonly failure: string | null;
  readonly copy: DrilledCopy;
  /** Every envelope of the backup. */
  readonly envelopes: readonly DrilledEnvelope[];
  /** The medium was read, and not what the system remembered of it. */
  readonly fromMedium: boolean;
  /** `null`: it was not compared. */
  readonly sameAsLive: boolean | null;
  /** `null`: there was none, or it did not come to that. */
  readonly check: CheckOutcome | null;
  /** What was shown, and what was not, in words. */
  readonly shown: readonly string[];
  readonly notShown: readonly string[];
}

export interface DrilledCopy {
  readonly place: DrilledPlace;
  readonly file: string;
  /** `null`: the file was not there, or was no whole backup. */
  readonly backup: DrilledBackup | null;
}

export type DrilledPlace =
  | { readonly kind: 'folder'; readonly path: string; readonly host: string }
  | {
      readonly kind: 'medium';
      readonly label: string | null;
      readonly uuid: string | null;
      readonly serial: string | null;
      readonly vendor: string | null;
      readonly product: string | null;
    };

export interface DrilledBackup {
  readonly id: string;
  readonly generation: number;
  /** `null`: a discreet backup does not say. */
  readonly secret: string | null;
  readonly created: string;
  /** SHA-256 of backup.json, in hex. */
  readonly manifest: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Fingerprint of its signer; `null`: nobody signed it. */
  readonly signer: string | null;
  /** Whether the signer was trusted where the drill was made. */
  readonly trusted: boolean;
}

export interface DrilledEnvelope {
  readonly index: number;
  /** As an envelope expression. */
  readonly factors: string;
  readonly opened: boolean;
  /** Why it was not opened, in words. */
  readonly why: string | null;
  /** Whose shares opened it; empty without a quorum. */
  readonly custodians: readonly string[];
}

/** How a check command ended. What it printed is nobody's business. */
export interface CheckOutcome {
  /** `null`: a signal ended it. */
  readonly exit: number | null;
  readonly timedOut: boolean;
  /** Whether all of the secret was handed over. How much of it the command looked at, nobody can tell. */
  readonly handedOver: boolean;
}

/** The one byte form of a receipt: JSON, two spaces, this order, a final newline. It is what is signed. */
export function encodeReceipt(receipt: Receipt): Uint8Array<ArrayBuffer> {
  const { copy, check } = receipt;
  const ordered: Receipt = {
    format: receipt.format,
    id: receipt.id,
    who: receipt.who,
    host: receipt.host,
    instance: receipt.instance,
    holdfast: receipt.holdfast,
    started: receipt.started,
    ended: receipt.ended,
    outcome: receipt.outcome,
    failure: receipt.failure,
    copy: {
      place: orderedPlace(copy.place),
      file: copy.file,
      backup: copy.backup && orderedBackup(copy.backup),
    },
    envelopes: receipt.envelopes.map(({ index, factors, opened, why, custodians }) => ({
      ...{ index, factors, opened, why, custodians },
    })),
    fromMedium: receipt.fromMedium,
    sameAsLive: receipt.sameAsLive,
    check: check && { exit: check.exit, timedOut: check.timedOut, handedOver: check.handedOver },
    shown: receipt.shown,
    notShown: receipt.notShown,
  };
  return new TextEncoder().encode(`${JSON.stringify(ordered, null, 2)}\n`);
}

function orderedPlace(place: DrilledPlace): DrilledPlace {
  if (place.kind === 'folder') return { kind: place.kind, path: place.path, host: place.host };
  const { kind, label, uuid, serial, vendor, product } = place;
  return { kind, label, uuid, serial, vendor, product };
}

function orderedBackup(backup: DrilledBackup): DrilledBackup {
  const { id, generation, secret, created, manifest, size, signer, trusted } = backup;
  return { id, generation, secret, created, manifest, size, signer, trusted };
}
