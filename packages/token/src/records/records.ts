import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenError } from '../errors.ts';
import type { Enrolment } from '../ports.ts';
import { createFile, replaceFile, syncFolder } from './durable-file.ts';
import { parseRecord, recordText } from './enrolment-record.ts';
import {
  folderError,
  isSystemError,
  prepareTokenFolder,
  type TokenFolder,
} from './token-folder.ts';

const ALIAS = /^[a-z\d._-]{1,64}$/;
const EXTENSION = '.json';

/** The enrolled tokens: a file `ALIAS.json` each. Everything throws STATE_INVALID. */
export interface Records {
  /** All, by alias. Throws TOKEN_RECORD_INVALID when one of them is. */
  list(): Promise<readonly Enrolment[]>;
  /** `null` when there is none of this alias. Throws TOKEN_RECORD_INVALID. */
  read(alias: string): Promise<Enrolment | null>;
  /**
   * Durable when it resolves. Throws TOKEN_ALIAS_EXISTS unless it may replace, and TOKEN_RECORD_INVALID for an
   * alias that cannot be one.
   */
  write(enrolment: Enrolment, options?: { readonly replace?: boolean | undefined }): Promise<void>;
  /** Also of a record that cannot be read. Throws TOKEN_ALIAS_NOT_FOUND. */
  remove(alias: string): Promise<void>;
}

/** Whether `name` can be an alias: lower-case letters, digits, dash, dot and underscore, 64 at most, no dot first. */
export function isAlias(name: string): boolean {
  return ALIAS.test(name) && !name.startsWith('.');
}

export function recordsIn(place: TokenFolder): Records {
  const { folder } = place;
  const pathOf = (alias: string): string => join(folder, `${alias}${EXTENSION}`);

  async function read(alias: string): Promise<Enrolment | null> {
    if (!isAlias(alias)) return null;
    const path = pathOf(alias);
    let content: string;
    try {
      content = await readFile(path, 'utf8');
    } catch (cause) {
      if (isSystemError(cause, 'ENOENT')) return null;
      throw folderError(folder, cause);
    }
    return parseRecord(content, alias, path);
  }

  async function aliases(): Promise<readonly string[]> {
    try {
      const names = await readdir(folder);
      return names
        .filter((name) => name.endsWith(EXTENSION))
        .map((name) => name.slice(0, -EXTENSION.length))
        .filter(isAlias)
        .sort();
    } catch (cause) {
      if (isSystemError(cause, 'ENOENT')) return [];
      throw folderError(folder, cause);
    }
  }

  return {
    read,
    async list() {
      const enrolments = await Promise.all((await aliases()).map(read));
      return enrolments.filter((enrolment) => enrolment !== null);
    },
    async write(enrolment, { replace = false } = {}) {
      const { alias } = enrolment;
      assertAlias(alias);
      const text = recordText(enrolment);
      const access = await prepareTokenFolder(place);
      if (replace) {
        await replaceFile(pathOf(alias), text, access);
      } else if (!(await createFile(pathOf(alias), text, access))) {
        throw tokenError('TOKEN_ALIAS_EXISTS', `a token is enrolled as "${alias}" already`);
      }
    },
    async remove(alias) {
      if (!isAlias(alias)) throw notFound(alias);
      try {
        await unlink(pathOf(alias));
        await syncFolder(folder);
      } catch (cause) {
        throw isSystemError(cause, 'ENOENT') ? notFound(alias) : folderError(folder, cause);
      }
    },
  };
}

/** Throws TOKEN_RECORD_INVALID for what {@link isAlias} says no to. */
export function assertAlias(alias: string): void {
  if (isAlias(alias)) return;
  throw tokenError(
    'TOKEN_RECORD_INVALID',
    'an alias is of lower-case letters, digits, dashes, dots and underscores, 64 at most',
  );
}

function notFound(alias: string): Error {
  return tokenError('TOKEN_ALIAS_NOT_FOUND', `no token is enrolled as "${alias}"`);
}
