import { copyFile, link, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { destinationError, lstatOrNull, syncFolder } from '@holdfast/media/durable';

/** What SQLite keeps beside its file. Both go first: alone, they would be taken for a part of the next catalog. */
const BESIDE = ['-shm', '-wal'];

/**
 * Gives a catalog another name, with all that belongs to it, and deletes nothing. Resolves to the name, `null` when
 * there is none. Nobody may have it open.
 */
export async function setCatalogAside(
  path: string,
  { now, why }: { readonly now: Date; readonly why: 'damaged' | 'former' },
): Promise<string | null> {
  if ((await lstatOrNull(path)) === null && (await lstatOrNull(`${path}-wal`)) === null)
    return null;
  try {
    const aside = await freeName(`${path}.${stamp(now)}`, why);
    for (const end of [...BESIDE, '']) {
      if ((await lstatOrNull(path + end)) !== null) await rename(path + end, aside + end);
    }
    await syncFolder(dirname(path));
    return aside;
  } catch (cause) {
    throw await destinationError(cause, path);
  }
}

/** Keeps the head that the former catalog ended with, for whoever looks into what became of that. */
export async function keepFormerHead(stateFolder: string, now: Date): Promise<void> {
  const path = join(stateFolder, 'audit-head.json');
  if ((await lstatOrNull(path)) === null) return;
  const kept = await freeName(`${path}.${stamp(now)}`, 'former');
  try {
    // A second name costs no room on a full disk; the first one gets another file later.
    await link(path, kept).catch(async () => {
      await copyFile(path, kept);
    });
    await syncFolder(stateFolder);
  } catch (cause) {
    throw await destinationError(cause, kept);
  }
}

/** Nothing that was set aside is ever replaced. */
async function freeName(name: string, end: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const free = `${name}${number === 1 ? '' : `-${String(number)}`}.${end}`;
    if ((await lstatOrNull(free)) === null) return free;
  }
}

/** `20261125T223325Z`. */
function stamp(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}
