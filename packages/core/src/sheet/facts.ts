import { basename } from 'node:path';
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { createdText, type ManifestEnvelope } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import { describe, type Inspection } from '../inspect.ts';
import { readingBackup } from '../io-failure.ts';
import { openBackup, type OpenBackup } from '../open-backup.ts';
import { checkPayload } from '../payload-agreement.ts';
import { following, type Run } from '../run.ts';
import { knownToCatalog } from './known-to-catalog.ts';
import { LARGEST_BACKUP, codesOf, tooLarge, type SheetCodes } from './codes.ts';
import type { SheetCopy, SheetCustodian } from './where-and-who.ts';

export type { SheetCopy, SheetCustodian };

/** What an emergency sheet tells. Nothing in it is secret, and nothing in it is more than its backup says. */
export interface SheetFacts extends Omit<Inspection, 'envelopes' | 'path' | 'payload'> {
  /** Name of the file. */
  readonly file: string;
  readonly envelopes: readonly ManifestEnvelope[];
  readonly copies: readonly SheetCopy[];
  readonly custodians: readonly SheetCustodian[];
  /** UTC, whole seconds. */
  readonly printed: string;
  /** The backup itself; `null` when it is not to be on the sheet. */
  readonly codes: SheetCodes | null;
}

export interface SheetFactsRequest {
  /** Path of the backup. */
  readonly from: string;
  /** What its file is called, when that is not the end of the path. */
  readonly file?: string | undefined;
  /** Put the backup itself on the sheet. */
  readonly codes?: boolean | undefined;
  /** Where copies lie, and who can help; what the catalog knows, without them. Empty: filled in by hand. */
  readonly copies?: readonly SheetCopy[] | null | undefined;
  readonly custodians?: readonly SheetCustodian[] | null | undefined;
  /** Now, without it. */
  readonly printed?: Date | undefined;
}

/**
 * Gathers what an emergency sheet tells of a backup. Takes no factor. With `codes` every byte is checked.
 *
 * @throws what `inspect` throws, and with `codes` SHEET_TOO_LARGE, BACKUP_UNREADABLE
 */
export async function sheetFacts(
  request: SheetFactsRequest,
  run: Pick<Run, 'instance' | 'catalog' | 'signal' | 'onProgress'>,
): Promise<SheetFacts> {
  const { from, file = basename(from), printed = new Date() } = request;
  await using backup = await openBackup(from, run.instance);
  const { path: _, payload: __, ...told } = describe(from, backup);
  const { id, envelopes } = backup.file.manifest;
  const known = await knownToCatalog(id, namesIn(envelopes), run);
  return {
    ...told,
    file,
    envelopes,
    copies: request.copies ?? known.copies,
    custodians: request.custodians ?? known.custodians,
    printed: createdText(printed),
    codes: request.codes === true ? await codesFrom(from, backup, run) : null,
  };
}

/** Of its quorums, unless it is discreet. */
function namesIn(envelopes: readonly ManifestEnvelope[]): readonly string[] {
  return envelopes.flatMap(({ factors }) =>
    factors.flatMap((factor) =>
      factor.kind === 'quorum' ? factor.custodians.map(({ name }) => name) : [],
    ),
  );
}

async function codesFrom(
  path: string,
  backup: OpenBackup,
  run: Pick<Run, 'signal' | 'onProgress'>,
): Promise<SheetCodes> {
  const { manifest, size } = backup.file;
  if (size > LARGEST_BACKUP) throw tooLarge(`this backup has ${String(size)} bytes`);
  return await readingBackup(path, async () => {
    // A copy on paper that nobody checked would be worse than none.
    await checkPayload(manifest, backup.payload, following(run, 'checking', backup.payload.size));
    return await codesOf(await readWhole(backup.payload.fd, size), manifest.id);
  });
}

async function readWhole(fd: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const { bytesRead } = await promisify(read)(fd, bytes, done, size - done, done);
    if (bytesRead === 0)
      throw coreError('BACKUP_DAMAGED', 'the backup was cut short while it was read');
    done += bytesRead;
  }
  return bytes;
}
