import type { HoldfastError } from '@holdfast/age';
import { mkdir } from 'node:fs/promises';
import { tokenError } from '../errors.ts';
import type { TokenSettings } from '../ports.ts';

export type TokenFolder = Pick<TokenSettings, 'folder' | 'prepareFolder'>;

/** Whose the files in the folder are. */
export interface FileAccess {
  readonly gid: number | null;
  readonly fileMode: number;
}

/** Makes the folder when it is not there. Throws STATE_INVALID, and what `prepareFolder` throws. */
export async function prepareTokenFolder({
  folder,
  prepareFolder,
}: TokenFolder): Promise<FileAccess> {
  if (prepareFolder !== undefined) return await prepareFolder();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw folderError(folder, cause);
  }
  return { gid: null, fileMode: 0o600 };
}

export function folderError(folder: string, cause: unknown): HoldfastError {
  const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return tokenError('STATE_INVALID', `the folder ${folder} cannot be used${reason}`, { cause });
}

/** Whether the operating system refused something with `code`. */
export function isSystemError(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
