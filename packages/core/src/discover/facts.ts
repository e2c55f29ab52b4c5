import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Match } from './matches.ts';
import type { Rooted } from './rooted.ts';

/** What can be told of a path without opening it. */
export interface PathFacts {
  /** On this machine. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'block' | 'other';
  /** Permission bits in octal, such as `0600`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; `null` where it has none of its own. */
  readonly size: number | null;
  /** Where it leads, when it is a link. */
  readonly link: string | null;
  /** Whether it is secret, or only belongs to what is. */
  readonly secret: boolean;
}

export interface Warning {
  readonly kind:
    | 'everyone can read'
    | 'everyone can write'
    | 'link'
    | 'empty'
    | 'not regular'
    | 'not for you'
    | 'partly';
  readonly path: string;
  /** A sentence's end, to be put behind the path: "can be read by everyone". */
  readonly words: string;
}

/** Where it is looked at and backed up: the way that its software takes, unless a link on it means another disk. */
export function pathOf({ path, seen }: Match, { prefix }: Rooted): string {
  return prefix === '' ? path : seen.path;
}

export function factsOf(match: Match, tree: Rooted, secret: boolean): PathFacts {
  const { status, link } = match.seen;
  const kind = status.isFile()
    ? 'file'
    : status.isDirectory()
      ? 'folder'
      : status.isBlockDevice()
        ? 'block'
        : 'other';
  return {
    path: pathOf(match, tree),
    kind,
    mode: (status.mode & 0o7777).toString(8).padStart(4, '0'),
    uid: status.uid,
    gid: status.gid,
    size: kind === 'file' ? status.size : null,
    link,
    secret,
  };
}

/** What is wrong with how a secret lies there. */
export async function warningsOf(match: Match, tree: Rooted): Promise<readonly Warning[]> {
  const { seen } = match;
  const { status, link } = seen;
  const path = pathOf(match, tree);
  const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
  const warnings: Warning[] = [];
  const warn = (kind: Warning['kind'], words: string): void => {
    warnings.push({ kind, path, words });
  };
  if (link !== null) warn('link', `is a link to ${link}`);
  if (status.isDirectory()) return warnings;
  if (!status.isFile()) warn('not regular', 'is no regular file');
  if (status.isFile() && status.size === 0) warn('empty', 'is empty');
  if ((status.mode & 0o006) !== 0 && (await isReachable(seen.inside, tree))) {
    if ((status.mode & 0o004) !== 0)
      warn('everyone can read', `can be read by everyone (mode ${mode})`);
    if ((status.mode & 0o002) !== 0)
      warn('everyone can write', `can be changed by everyone (mode ${mode})`);
  }
  // This asks the system, and opens nothing.
  const readable = await access(seen.path, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable) warn('not for you', 'can only be read, and backed up, by somebody else');
  return warnings;
}

/** Whether everyone may pass through all the folders above it. */
async function isReachable(inside: string, tree: Rooted): Promise<boolean> {
  const names = inside.split('/').slice(1, -1);
  for (let depth = 1; depth <= names.length; depth += 1) {
    const folder = await tree.look(`/${names.slice(0, depth).join('/')}`);
    if (folder === null || (folder.status.mode & 0o001) === 0) return false;
  }
  return true;
}
