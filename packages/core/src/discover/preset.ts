/** A secret that well-known software keeps in a well-known place. */
export interface Preset {
  /** What a person types to look for this one only. */
  readonly id: string;
  /** The software, as it calls itself. */
  readonly system: string;
  /** What the secret is called there. */
  readonly secret: string;
  /** What it is, as it would follow "this is". */
  readonly is: string;
  /** What its loss means, in one sentence. */
  readonly loss: string;
  readonly where: Where;
  /** What else a person has to know before backing it up. */
  readonly note?: string;
  /** The page that says where it is. */
  readonly source: string;
}

/**
 * Where a secret is, and so how it is backed up. Paths are absolute, with `*` for any part of a name and `~` for the
 * home of each user; what is below a folder is written without a slash before it.
 */
export type Where =
  /** Each that is there is a secret by itself. */
  | { readonly kind: 'file'; readonly at: readonly string[] }
  /** Those that are in one folder belong together. */
  | {
      readonly kind: 'files';
      readonly in: readonly string[];
      readonly secret: readonly string[];
      /** Backed up along with them, and not secret. */
      readonly with?: readonly string[];
      /** Without this in the folder, it is something else that only looks alike. */
      readonly sign?: string;
    }
  /** The folder as a whole, when any of `secret` is in it. */
  | { readonly kind: 'folder'; readonly at: readonly string[]; readonly secret: readonly string[] }
  /** A command of the software prints it; what is at `at` shows that the software is here. */
  | { readonly kind: 'command'; readonly at: readonly string[]; readonly run: string }
  /** People hold it; what is at `at` shows that the software is here. */
  | { readonly kind: 'people'; readonly at: readonly string[] }
  /** On each block device that is encrypted with LUKS. */
  | { readonly kind: 'luks' };

/** Where a preset is looked for, in words of a shell. */
export function placesOf({ where }: Preset): readonly string[] {
  switch (where.kind) {
    case 'files':
      return where.in.flatMap((folder) => where.secret.map((name) => `${folder}/${name}`));
    case 'folder':
      return where.at.flatMap((folder) => where.secret.map((name) => `${folder}/${name}`));
    case 'luks':
      return ['every block device'];
    case 'file':
    case 'command':
    case 'people':
      return where.at;
  }
}
