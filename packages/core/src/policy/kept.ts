import type { BackupRow, Catalog, CopyRow, CustodianRow, MediumRow } from '@holdfast/catalog';
import { nameOfRow } from '../register/known-media.ts';
import type { CopyAt } from './dependence.ts';

/** A generation of a backup, and its copies that are there. */
export interface KnownBackup {
  readonly row: BackupRow;
  readonly copies: readonly CopyRow[];
}

/** What the catalog knows of backups, one at a time. Without a catalog: nothing. */
export interface Kept {
  readonly custodians: readonly CustodianRow[];
  /** The newest backup of a secret that a trusted signer signed. */
  newest(this: void, secret: string): Promise<KnownBackup | null>;
  /** The generations of one backup, the newest first. */
  generations(this: void, id: string): Promise<readonly KnownBackup[]>;
  /** Every backup that is not superseded and of which there is a copy. */
  all(this: void): AsyncIterable<KnownBackup>;
  /** Where a copy lies, as a person calls it. */
  placeOf(this: void, copy: Pick<CopyRow, 'medium' | 'place'>): CopyAt;
}

const PAGE = 500;

export async function keptIn(catalog: Catalog | null): Promise<Kept> {
  const media = new Map((await catalog?.media())?.map((row) => [row.id, row]));
  const backups = (filter: { readonly secret?: string; readonly id?: string }) =>
    pages(async (after) => (await catalog?.backups({ ...filter, limit: PAGE, after })) ?? NOTHING);

  const withCopies = async (row: BackupRow): Promise<KnownBackup> => {
    const copies: CopyRow[] = [];
    const present = { backup: row.id, present: true, limit: PAGE };
    for await (const copy of pages(
      async (after) => (await catalog?.copies({ ...present, after })) ?? NOTHING,
    )) {
      if (copy.generation === row.generation) copies.push(copy);
    }
    // In the order in which they were made.
    return { row, copies: copies.toReversed() };
  };

  return {
    custodians: (await catalog?.custodians()) ?? [],
    placeOf: (copy) => placeOf(copy, media),
    async newest(secret) {
      let newest: BackupRow | null = null;
      for await (const row of backups({ secret })) {
        if (!row.trusted || row.superseded) continue;
        if (newest === null || Date.parse(row.created) > Date.parse(newest.created)) newest = row;
      }
      return newest && (await withCopies(newest));
    },
    async generations(id) {
      const found: KnownBackup[] = [];
      for await (const row of backups({ id })) found.push(await withCopies(row));
      return found.toSorted((a, b) => b.row.generation - a.row.generation);
    },
    async *all() {
      for await (const row of backups({})) {
        if (row.superseded) continue;
        const known = await withCopies(row);
        if (known.copies.length > 0) yield known;
      }
    },
  };
}

interface PageOf<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

const NOTHING = { rows: [], next: null };

async function* pages<Row>(
  page: (after: string | undefined) => Promise<PageOf<Row>>,
): AsyncGenerator<Row> {
  let after: string | undefined;
  do {
    const { rows, next } = await page(after);
    yield* rows;
    after = next ?? undefined;
  } while (after !== undefined);
}

function placeOf(
  { medium, place }: Pick<CopyRow, 'medium' | 'place'>,
  media: ReadonlyMap<string, MediumRow>,
): CopyAt {
  if (place.kind === 'folder') return { kind: 'folder', host: place.host, path: place.path };
  const id = medium ?? '';
  const row = media.get(id);
  return {
    kind: 'medium',
    id,
    name: row === undefined ? 'that it is on' : nameOfRow(row),
    location: row?.location ?? null,
  };
}
