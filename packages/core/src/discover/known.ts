import type { SecretFacts } from '@holdfast/catalog';
import type { Run } from '../run.ts';
import type { Wanted } from './offer.ts';

/** A secret that was backed up before. */
export interface KnownSecret extends Pick<SecretFacts, 'source'> {
  readonly name: string;
  /** When its newest backup was made, as in `Date.toISOString()`. */
  readonly lastBackup: string;
}

/** What of a find is backed up, and since when. */
export interface Coverage {
  /** `null`: not all of it. */
  readonly backedUp: string | null;
  /** Paths without a backup, where others have one. */
  readonly missing: readonly string[];
}

/** Every secret that has a backup, as far as the catalog knows. @throws as opening it does */
export async function knownSecrets({
  catalog,
}: Pick<Run, 'catalog'>): Promise<readonly KnownSecret[]> {
  const there = (await catalog?.openIfThere()) ?? null;
  if (there === null) return [];
  const known: KnownSecret[] = [];
  for (const { name, source } of await there.secrets()) {
    const newest = (await there.backups({ secret: name, limit: 1 })).rows[0];
    if (newest !== undefined) known.push({ name, source, lastBackup: newest.created });
  }
  return known;
}

export function coverageOf(wanted: Wanted, name: string, known: readonly KnownSecret[]): Coverage {
  switch (wanted.kind) {
    case 'paths': {
      const times = wanted.paths.map((path) => newest(known.filter((it) => holds(it, path))));
      const missing = wanted.paths.filter((_, place) => times[place] === null);
      return missing.length === 0
        ? { backedUp: oldest(times), missing }
        : { backedUp: null, missing: missing.length < times.length ? missing : [] };
    }
    case 'command':
      return {
        backedUp: newest(
          known.filter(({ source }) => source?.kind === 'command' && source.what[0] === wanted.run),
        ),
        missing: [],
      };
    case 'people':
      // What came through a pipe has no source, only the name that was offered for it.
      return {
        backedUp: newest(known.filter((it) => it.source === null && it.name === name)),
        missing: [],
      };
  }
}

/** Whether `path` is among the files, or in a folder, that a secret is read from. */
function holds({ source }: KnownSecret, path: string): boolean {
  if (source === null || (source.kind !== 'file' && source.kind !== 'files')) return false;
  return source.what.some((what) => {
    const folder = what.replace(/\/+$/, '');
    return path === folder || path.startsWith(`${folder}/`);
  });
}

function newest(known: readonly KnownSecret[]): string | null {
  return (
    known
      .map(({ lastBackup }) => lastBackup)
      .toSorted()
      .at(-1) ?? null
  );
}

/** Together they are as old as the oldest of them. */
function oldest(times: readonly (string | null)[]): string | null {
  return times.toSorted()[0] ?? null;
}
