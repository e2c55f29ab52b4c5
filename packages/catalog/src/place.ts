/** Where a catalog is. */
export type CatalogPlace =
  | {
      readonly kind: 'sqlite';
      readonly path: string;
      /** Mode of the file when it is made. */ readonly mode?: number;
      readonly gid?: number | null;
    }
  /** The password comes from ~/.pgpass or PGPASSFILE, never from the URL. */
  | { readonly kind: 'postgres'; readonly url: string };

export interface OpenCatalogOptions {
  /** Make it when there is none; without it that is CATALOG_LOST. */
  readonly create: boolean;
  /** How long to wait for another process that writes; 10 s without it. */
  readonly busyTimeout?: number | undefined;
}
