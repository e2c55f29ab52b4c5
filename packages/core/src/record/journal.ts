import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedEvent } from '@holdfast/catalog';
import { destinationError, isSystemError, syncFolder } from '@holdfast/media/durable';
import { createFile, type FilePermissions } from '../instance/place-file.ts';
import { readSmallFile } from '../instance/read-file.ts';

const LIMIT = 16 * 1024 * 1024;
const ENTRY = /^\d{13}-[0-9a-f-]{36}\.json$/;

/** What was done and could not be recorded yet: one file an act, in the order in which they were done. */
export interface Journal {
  /** Durable on return. @throws what writing to the state folder ends with */
  keep(events: readonly RecordedEvent[]): Promise<void>;
  pending(): Promise<readonly JournalEntry[]>;
}

export interface JournalEntry {
  readonly events: readonly RecordedEvent[];
  /** To be called when they are recorded. Doing so twice is harmless. */
  drop(): Promise<void>;
}

export interface JournalPermissions extends FilePermissions {
  readonly folderMode: number;
}

/** The journal of a state folder that exists; it has a folder of its own there once something is kept. */
export function journalIn(
  stateFolder: string,
  permissions: () => Promise<JournalPermissions>,
): Journal {
  const folder = join(stateFolder, 'journal');
  return {
    async keep(events) {
      const { folderMode, ...file } = await permissions();
      await makeFolder(folder, folderMode);
      const name = `${String(Date.now()).padStart(13, '0')}-${randomUUID()}.json`;
      await createFile(join(folder, name), Buffer.from(JSON.stringify(events)), file);
    },
    async pending() {
      const entries: JournalEntry[] = [];
      for (const name of await entryNames(folder)) {
        const path = join(folder, name);
        const content = await readSmallFile(path, LIMIT);
        // Another process was quicker.
        if (content === null) continue;
        const events = parse(content);
        if (events === null) {
          // Never thrown away, and never in the way of what comes after it.
          await rename(path, `${path}.damaged`).catch(() => undefined);
          continue;
        }
        entries.push({
          events,
          async drop() {
            await unlink(path).catch((cause: unknown) => {
              if (!isSystemError(cause, 'ENOENT')) throw cause;
            });
            await syncFolder(folder);
          },
        });
      }
      return entries;
    },
  };
}

async function makeFolder(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
    await syncFolder(join(folder, '..'));
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST')) throw await destinationError(cause, folder);
  }
}

async function entryNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (isSystemError(cause, 'ENOENT')) return [];
    throw cause;
  });
  return names.filter((name) => ENTRY.test(name)).toSorted();
}

/** `null` unless it is what `keep` wrote. */
function parse(content: Buffer): readonly RecordedEvent[] | null {
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    return Array.isArray(value) && value.every(isRecorded) ? value : null;
  } catch {
    return null;
  }
}

function isRecorded(value: unknown): value is RecordedEvent {
  const isObject = (it: unknown): it is Record<string, unknown> =>
    typeof it === 'object' && it !== null && !Array.isArray(it);
  return (
    isObject(value) &&
    typeof value['id'] === 'string' &&
    typeof value['time'] === 'string' &&
    isObject(value['actor']) &&
    isObject(value['event']) &&
    typeof value['event']['action'] === 'string' &&
    typeof value['event']['outcome'] === 'string' &&
    isObject(value['event']['detail'])
  );
}
