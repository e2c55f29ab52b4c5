import type { CatalogEvent, MediumRow } from '@holdfast/catalog';
import { catalogError } from '@holdfast/catalog/errors';
import { isSelector, parseSelector, selects, type ChosenVolume } from '@holdfast/media';
import { mediaError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import { nameOf } from '../media/choose.ts';
import type { MediumWords } from '../ports.ts';
import { factsOfMedium } from '../record/facts.ts';
import { mediumSeen } from '../record/places.ts';
import { idOf, isCalled, nameOfRow } from './known-media.ts';
import { assertMediumWords } from './media-name.ts';
import { openForManaging, type ManagingRun } from './managing.ts';

export interface DescribeMediumRequest extends MediumWords {
  /** `usb:SELECTOR` of one that is plugged in; or its name, label, UUID, serial number or id in the register. */
  readonly medium: string;
  /** Whether nothing is ever written to it. */
  readonly protect?: boolean | undefined;
}

/**
 * Says in the register what a medium is called, where it lies and whose it is, whether it is plugged in or not.
 * Resolves to what the register has of it then.
 *
 * @throws MEDIUM_UNKNOWN, MEDIUM_AMBIGUOUS, MEDIUM_NAME_TAKEN, USAGE, MEDIUM_SELECTOR_INVALID, what opening the
 * catalog throws
 */
export async function describeMedium(
  { medium, protect, ...words }: DescribeMediumRequest,
  run: ManagingRun,
): Promise<MediumRow> {
  const catalog = await openForManaging(run);
  const known = await catalog.media();
  const { chosen, row } = await findMedium(medium, known, run);
  const id = chosen === null ? (row?.id ?? '') : idOf(chosen);
  assertMediumWords(words, id, known);
  await run.catalog.recorder.record([
    ...(chosen === null ? [] : [mediumSeen(chosen)]),
    described(id, { chosen, row }, { ...words, protect }),
  ]);
  const now = (await catalog.media()).find((it) => it.id === id);
  if (now === undefined) {
    throw catalogError('CATALOG_UNWRITABLE', 'the register could not be written now');
  }
  return now;
}

/**
 * Takes a medium out of the register; the copies on it stay known.
 *
 * @throws MEDIUM_UNKNOWN, MEDIUM_AMBIGUOUS, what opening the catalog throws
 */
export async function forgetMedium(medium: string, run: ManagingRun): Promise<MediumRow> {
  const catalog = await openForManaging(run);
  const row = findRow(nameIn(medium), await catalog.media());
  if (row === null) throw unknown(medium);
  await run.catalog.recorder.record([
    { action: 'medium.forget', outcome: 'ok', medium: row.id, detail: {} },
  ]);
  return row;
}

interface Found {
  /** Where it is plugged in; `null`: it is not. */
  readonly chosen: ChosenVolume | null;
  /** What the register has of it. */
  readonly row: MediumRow | null;
}

/** What an owner says of a medium, as the audit log is told of it. */
export function described(
  id: string,
  { chosen, row }: Found,
  { name, location, owner, protect }: MediumWords & { readonly protect?: boolean | undefined },
): CatalogEvent {
  const facts = chosen === null ? factsOfRow(row) : factsOfMedium(chosen);
  const detail = {
    ...facts,
    name: name ?? row?.name ?? null,
    location: saidOr(location, row?.location),
    owner: saidOr(owner, row?.owner),
    protected: protect ?? row?.protected ?? false,
  };
  return { action: 'medium.describe', outcome: 'ok', medium: id, detail };
}

/** An empty text takes back what was said before. */
function saidOr(said: string | undefined, before: string | null | undefined): string | null {
  if (said === undefined) return before ?? null;
  return said === '' ? null : said;
}

function factsOfRow(row: MediumRow | null): ReturnType<typeof factsOfMedium> {
  const { label, uuid, serial, vendor, product, size } = row ?? NOTHING;
  return { label, uuid, serial, vendor, product, size };
}

const NOTHING = { label: null, uuid: null, serial: null, vendor: null, product: null, size: null };

async function findMedium(
  text: string,
  known: readonly MediumRow[],
  run: ManagingRun,
): Promise<Found> {
  const name = nameIn(text);
  // By a name of its own it is this one, whatever else is plugged in under that label.
  const named = name === null ? undefined : known.find((row) => isCalled(row, name));
  const plugged = await pluggedIn(run);
  const fitting = plugged.filter(({ medium, volume }) =>
    named === undefined ? selects({ name }, medium, volume) : idOf({ medium, volume }) === named.id,
  );
  const [chosen = null, ...others] = fitting;
  if (others.length > 0) {
    const names = fitting.map(nameOf).join(', ');
    throw mediaError('MEDIUM_AMBIGUOUS', `more than one medium fits ${text}: ${names}`);
  }
  const row = named ?? (chosen === null ? findRow(name, known) : rowOf(chosen, known));
  if (chosen === null && row === null) throw unknown(text);
  return { chosen, row };
}

function rowOf(chosen: ChosenVolume, known: readonly MediumRow[]): MediumRow | null {
  const id = idOf(chosen);
  return known.find((row) => row.id === id) ?? null;
}

/** `null`: whichever is plugged in. */
function nameIn(text: string): string | null {
  if (!isSelector(text)) return text;
  const { name, item } = parseSelector(text);
  if (item !== null) {
    throw mediaError('MEDIUM_SELECTOR_INVALID', `${text} names a backup, not a medium`);
  }
  return name;
}

async function pluggedIn({ media, signal }: ManagingRun): Promise<readonly ChosenVolume[]> {
  const all = (await media?.list(signal)) ?? [];
  return all
    .filter(({ refusal }) => refusal === null)
    .flatMap((medium) =>
      medium.volumes
        .filter(({ refusal }) => refusal === null)
        .map((volume) => ({ medium, volume })),
    );
}

/** By what the register calls it, else by what it says of itself. @throws MEDIUM_AMBIGUOUS */
function findRow(name: string | null, known: readonly MediumRow[]): MediumRow | null {
  if (name === null) return null;
  const named = known.find((row) => isCalled(row, name));
  if (named !== undefined) return named;
  const fitting = known.filter(({ label, uuid, serial }) => {
    return label === name || serial === name || uuid?.toLowerCase() === name.toLowerCase();
  });
  const [only = null, ...others] = fitting;
  if (others.length > 0) {
    const names = fitting.map((row) => `${nameOfRow(row)} (${row.id})`).join(', ');
    throw mediaError(
      'MEDIUM_AMBIGUOUS',
      `${name} is more than one medium of the register: ${names}`,
    );
  }
  return only;
}

function unknown(medium: string): Error {
  return coreError(
    'MEDIUM_UNKNOWN',
    `${medium} is neither plugged in nor in the register of media`,
  );
}
