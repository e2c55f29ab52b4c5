export interface Page {
  /** How many; 100 without it. */
  readonly limit?: number | undefined;
  /** The key of the last row of the page before. */
  readonly after?: string | undefined;
}

export interface Paged<Row> {
  readonly rows: readonly Row[];
  /** To be given as `after` for the next page; `null`: this was the last. */
  readonly next: string | null;
}
