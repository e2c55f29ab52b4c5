/** One copy of the backup. */
export interface SheetCopy {
  /** The medium by its name, or the folder. */
  readonly where: string;
  /** Where that lies, such as `bank box 2`; `null` is left to be filled in by hand. */
  readonly location: string | null;
  /** RFC 3339; its day is printed. `null`: never. */
  readonly lastVerified: string | null;
}

/** Somebody who can help to open it. Custodians whom the backup names are on the sheet in any case. */
export interface SheetCustodian {
  readonly name: string;
  /** What they open it with, in words; `null` is left to be filled in by hand. */
  readonly factors: string | null;
  readonly contact: string | null;
}
