import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import type { BackupFacts, CatalogEvent } from '@holdfast/catalog';
import type { Selector } from '@holdfast/media';
import { coreError, type ErrorCode } from '../errors.ts';
import { readingBackup } from '../io-failure.ts';
import { nameOf } from '../media/choose.ts';
import { findBackups, type FoundBackup } from '../media/find-backups.ts';
import { openMedium } from '../media/from-medium.ts';
import { openBackup } from '../open-backup.ts';
import { checkPayload } from '../payload-agreement.ts';
import { following, type Run } from '../run.ts';
import { copySeen } from './copy-seen.ts';
import { factsOfFound } from './facts.ts';
import { codeOf } from './code-of.ts';
import { mediumSeen, placeOfFile, placeOnMedium, type CopyPlace } from './places.ts';

/** Where backups may lie: a folder or one file, or a medium. */
export type SearchedPlace =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'medium'; readonly selector: Selector };

/** What one place holds, and what the audit log is told of it. */
export interface FoundPlace {
  readonly where: string;
  readonly copies: readonly FoundCopy[];
  readonly events: readonly CatalogEvent[];
}

export interface FoundCopy {
  readonly file: string;
  /** `null` when it is no whole backup; `outcome` says why. */
  readonly backup: {
    readonly id: string;
    readonly secret: string | null;
    readonly facts: BackupFacts;
  } | null;
  /** It was being written when the medium was pulled out: it is told, and counts for nothing. */
  readonly unfinished: boolean;
  /** `ok`, or the code that the look at it ended with. */
  readonly outcome: string;
  readonly words: string | null;
}

/**
 * Reads every backup in a place past the system's memory, each byte of it unless `quick`. What is wrong with one of
 * them is told in the result.
 *
 * @throws BACKUP_NOT_FOUND when there is no such place, what choosing and mounting throw, CANCELLED
 */
export async function lookAt(
  place: SearchedPlace,
  { quick }: { readonly quick: boolean },
  run: Run,
): Promise<FoundPlace> {
  if (place.kind === 'medium') {
    await using medium = await openMedium(place.selector, run);
    const { chosen } = medium;
    const looked = await lookAtEach(
      medium.backups,
      (file) => placeOnMedium(chosen, file),
      quick,
      run,
    );
    return { where: nameOf(chosen), ...looked, events: [mediumSeen(chosen), ...looked.events] };
  }
  const { path } = place;
  const status = await stat(path).catch(() => null);
  if (status === null) throw coreError('BACKUP_NOT_FOUND', `there is no ${path}`);
  const found = status.isDirectory()
    ? await findBackups(path, run.instance)
    : [{ file: basename(path), path, unfinished: false }];
  const paths = new Map(found.map((it) => [it.file, it.path]));
  const placeIn = (file: string): CopyPlace => placeOfFile(paths.get(file) ?? path);
  return { where: path, ...(await lookAtEach(found, placeIn, quick, run)) };
}

type Candidate = Pick<FoundBackup, 'file' | 'path' | 'unfinished'>;

async function lookAtEach(
  candidates: readonly Candidate[],
  placeIn: (file: string) => CopyPlace,
  quick: boolean,
  run: Run,
): Promise<Pick<FoundPlace, 'copies' | 'events'>> {
  const copies: FoundCopy[] = [];
  const events: CatalogEvent[] = [];
  for (const candidate of candidates) {
    const { copy, events: its } = await lookAtOne(candidate, placeIn(candidate.file), quick, run);
    copies.push(copy);
    events.push(...its);
  }
  return { copies, events };
}

async function lookAtOne(
  { file, path, unfinished }: Candidate,
  place: CopyPlace,
  quick: boolean,
  run: Run,
): Promise<{ readonly copy: FoundCopy; readonly events: readonly CatalogEvent[] }> {
  let backup: FoundCopy['backup'] = null;
  const events: CatalogEvent[] = [];
  const told = (outcome: string, words: string | null): FoundCopy => ({
    ...{ file, backup, unfinished, outcome, words },
  });
  try {
    await using opened = await openBackup(path, run.instance, { pastCache: true });
    const { id, secret } = opened.file.manifest;
    backup = { id, secret, facts: factsOfFound(opened) };
    if (unfinished) return { copy: told('ok', null), events };
    const seen = copySeen(opened, place);
    events.push(...seen.found);
    if (quick) return { copy: told('ok', null), events };
    const fromMedium = opened.payload.direct;
    const check = { checked: 'structure', fromMedium, opened: [] } as const;
    try {
      const progress = following(run, 'checking', opened.payload.size);
      await readingBackup(path, async () => {
        await checkPayload(opened.file.manifest, opened.payload, progress);
      });
      events.push(seen.checked(check, 'ok'));
      return { copy: told('ok', null), events };
    } catch (cause) {
      if (!isOutcome(cause)) throw cause;
      events.push(seen.checked(check, codeOf(cause)));
      return { copy: told(codeOf(cause), cause.message), events };
    }
  } catch (cause) {
    if (!isOutcome(cause)) throw cause;
    return { copy: told(codeOf(cause), cause.message), events };
  }
}

/** What is wrong with one copy, and not with the looking. */
function isOutcome(cause: unknown): cause is HoldfastError<ErrorCode> {
  return cause instanceof HoldfastError && cause.code !== 'CANCELLED';
}
