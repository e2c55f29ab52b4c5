/** An emergency sheet before it is drawn: the same for every format. Texts are as they are, nothing is escaped. */
export interface SheetDocument {
  readonly title: string;
  /** In one line, for the foot of every page. ASCII. */
  readonly foot: string;
  readonly lead: string;
  readonly notices: readonly string[];
  readonly sections: readonly SheetSection[];
}

export interface SheetSection {
  readonly title: string;
  /** `page`: on a page of its own. `tear-off`: below a line to cut along. */
  readonly begins: 'here' | 'page' | 'tear-off';
  readonly blocks: readonly SheetBlock[];
}

export type SheetBlock =
  | { readonly kind: 'words'; readonly text: string }
  /** Label and value; a label that is empty continues the row above. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  /** To be read aloud and compared. */
  | { readonly kind: 'signer'; readonly words: readonly string[] }
  /** To be typed, each line as it stands. */
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | SheetTable
  /** One QR code each. */
  | { readonly kind: 'codes'; readonly texts: readonly string[] };

export interface SheetTable {
  readonly kind: 'table';
  readonly head: readonly string[];
  /** How wide the columns are, in parts of the whole. */
  readonly shares: readonly number[];
  /** A cell that is empty is filled in by hand. */
  readonly rows: readonly (readonly string[])[];
}

export const words = (text: string): SheetBlock => ({ kind: 'words', text });

export const commands = (...lines: readonly string[]): SheetBlock => ({ kind: 'commands', lines });
