import { HoldfastError } from '@holdfast/age';
import type { Catalog, CopyRow, MediumRow } from '@holdfast/catalog';
import type { ChosenVolume, Medium } from '@holdfast/media';
import { nameOf } from '../media/choose.ts';
import type { Run } from '../run.ts';
import { idOf, nameOfRow } from './known-media.ts';

export interface MediaListing {
  /** What is plugged in. */
  readonly media: readonly Medium[];
  /** What the register knows; absent ones too. */
  readonly register: readonly RegisteredMedium[];
  /** File systems that are on more than one medium. */
  readonly clones: readonly Clones[];
  /** Why nothing is told of the register, in words; `null`: what there is, is told. */
  readonly registerFailure: string | null;
}

export interface RegisteredMedium extends MediumRow {
  /** Where it is plugged in now; none: it is absent. */
  readonly nodes: readonly string[];
  /** Its label as the register has it, where it has another one now; empty: it had none. */
  readonly formerLabel: string | null;
  readonly copies: readonly CopyOnMedium[];
}

/** Copy k of n, as it was made. */
export type CopyOnMedium = Pick<
  CopyRow,
  'secret' | 'backup' | 'file' | 'number' | 'of' | 'verifiedAt' | 'superseded'
>;

/** Media that one file system was copied to as it is: by its UUID alone, nobody can tell them apart. */
export interface Clones {
  readonly uuid: string;
  /** In words. */
  readonly among: readonly string[];
}

/**
 * What is plugged in and what the register knows. Changes nothing, and makes no catalog. A register that cannot be
 * read is told in the result: what is plugged in is here all the same.
 *
 * @throws what listing media throws
 */
export async function listMedia({
  media,
  catalog,
  signal,
}: Pick<Run, 'media' | 'catalog' | 'signal'>): Promise<MediaListing> {
  const plugged = (await media?.list(signal)) ?? [];
  const { rows, registerFailure } = await registerOf({ catalog });
  const volumes = plugged
    .flatMap((medium) => medium.volumes.map((volume) => ({ medium, volume })))
    .filter(({ medium, volume }) => medium.refusal === null && volume.uuid !== null)
    .map((chosen) => ({ chosen, id: idOf(chosen) }));
  const register: RegisteredMedium[] = [];
  for (const { row, copies } of rows) {
    const here = volumes.filter(({ id }) => id === row.id).map(({ chosen }) => chosen);
    const label = here[0]?.volume.label ?? null;
    register.push({
      ...row,
      nodes: here.map(({ volume }) => volume.node),
      formerLabel: here.length > 0 && label !== row.label ? (row.label ?? '') : null,
      copies,
    });
  }
  const clones = clonesAmong(volumes, register);
  return { media: plugged, register, clones, registerFailure };
}

interface KnownMedium {
  readonly row: MediumRow;
  readonly copies: readonly CopyOnMedium[];
}

async function registerOf({ catalog }: Pick<Run, 'catalog'>): Promise<{
  readonly rows: readonly KnownMedium[];
  readonly registerFailure: string | null;
}> {
  try {
    const there = (await catalog?.openIfThere()) ?? null;
    const rows: KnownMedium[] = [];
    for (const row of (await there?.media()) ?? []) {
      rows.push({ row, copies: there === null ? [] : await copiesOn(row.id, there) });
    }
    return { rows, registerFailure: null };
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    return { rows: [], registerFailure: cause.message };
  }
}

async function copiesOn(medium: string, catalog: Catalog): Promise<CopyOnMedium[]> {
  const copies: CopyOnMedium[] = [];
  for (let after: string | undefined; ;) {
    const page = await catalog.copies({
      medium,
      present: true,
      ...(after !== undefined && { after }),
    });
    for (const { secret, backup, file, number, of, verifiedAt, superseded } of page.rows)
      copies.push({ secret, backup, file, number, of, verifiedAt, superseded });
    if (page.next === null) return copies;
    after = page.next;
  }
}

/** One UUID on two sticks, plugged in or known; with neither serial number, one medium in two places. */
function clonesAmong(
  volumes: readonly { readonly id: string; readonly chosen: ChosenVolume }[],
  rows: readonly MediumRow[],
): Clones[] {
  const byUuid = new Map<string, string[]>();
  const add = (uuid: string, words: string): void => {
    byUuid.set(uuid, [...(byUuid.get(uuid) ?? []), words]);
  };
  for (const { id, chosen } of volumes) {
    const row = rows.find((it) => it.id === id);
    const name = nameOf(chosen);
    if (chosen.volume.uuid === null) continue;
    add(chosen.volume.uuid, row?.name ? `${row.name}, ${name}` : name);
  }
  for (const row of rows) {
    const isHere = volumes.some(({ id }) => id === row.id);
    if (row.uuid !== null && !isHere) add(row.uuid, `${nameOfRow(row)}, not plugged in`);
  }
  return [...byUuid]
    .filter(([, among]) => among.length > 1)
    .map(([uuid, among]) => ({ uuid, among }));
}
