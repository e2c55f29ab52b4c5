import type { ChosenVolume, Proof } from '@holdfast/media';
import type { ErrorCode } from '../errors.ts';

/** Where one copy goes: to a volume that was chosen, or into a folder. */
export type CopyTarget =
  | { readonly kind: 'medium'; readonly chosen: ChosenVolume }
  | { readonly kind: 'folder'; readonly path: string };

export interface CopyReport {
  /** In words: `BLACK (/dev/sdb1)`, or the folder. */
  readonly where: string;
  /** What the medium says of itself; `null` for a folder. */
  readonly medium: CopyMedium | null;
  /** Name of the file, below the folder of backups; `null` when there is none. */
  readonly file: string | null;
  readonly proof: Proof | null;
  /** Whether it may be pulled out: it was unmounted and switched off. */
  readonly ejected: boolean;
  /** Older generations that were removed. */
  readonly removed: readonly string[];
  readonly warnings: readonly string[];
  /** Why there is no copy on it; `null` when there is. */
  readonly failure: CopyFailure | null;
}

export interface CopyMedium {
  readonly label: string | null;
  readonly uuid: string | null;
  readonly serial: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
}

export interface CopyFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

/** With the ids of the backups whose files were removed, in their order. */
export interface CopyOutcome extends CopyReport {
  readonly removedIds: readonly string[];
}
