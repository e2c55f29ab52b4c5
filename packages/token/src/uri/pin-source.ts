import { fileURLToPath } from 'node:url';
import { tokenError } from '../errors.ts';
import type { TokenUri } from './token-uri.ts';

const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/**
 * The path of the file that holds the PIN, or `null`. Only a file is followed: RFC 7512 leaves the rest open,
 * and elsewhere a value with a bar is a command that gets run.
 *
 * @throws TOKEN_URI_INVALID
 */
export function pinSourceOf(uri: TokenUri): string | null {
  const source = uri['pin-source'];
  if (source === undefined) return null;
  if (source.startsWith('|')) {
    throw tokenError('TOKEN_URI_INVALID', 'a "pin-source" that is a command is refused');
  }
  if (!SCHEME.test(source)) return source;
  if (!/^file:\//i.test(source)) {
    throw tokenError('TOKEN_URI_INVALID', '"pin-source" must be a file: its path, or file:/PATH');
  }
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw tokenError('TOKEN_URI_INVALID', '"pin-source" names no file on this host', { cause });
  }
}
