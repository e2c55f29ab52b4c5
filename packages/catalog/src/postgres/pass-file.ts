import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { catalogError } from '../errors.ts';

/** Whom a password is for. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The password for a server: PGPASSWORD, or out of PGPASSFILE or ~/.pgpass, as libpq has it. pg has this built in,
 * but says on stderr that it will not for long.
 *
 * @throws CATALOG_UNREACHABLE when others than its owner can use the file, which libpq ignores it for
 */
export async function passwordFor(
  server: Server,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (env['PGPASSWORD'] !== undefined) return env['PGPASSWORD'];
  const path = env['PGPASSFILE'] ?? join(homedir(), '.pgpass');
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return undefined;
  if ((found.mode & 0o077) !== 0) {
    const message = `${path} is not used: others than its owner may read or write it`;
    throw catalogError('CATALOG_UNREACHABLE', message);
  }
  return passwordIn(await readFile(path, 'utf8'), server);
}

/** The password of the first line that fits. */
export function passwordIn(
  text: string,
  { host, port, database, user }: Server,
): string | undefined {
  // A socket is of this machine, whatever its path.
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = fieldsOf(line, wanted.length);
    const password = fields.pop();
    if (fields.length !== wanted.length || password === undefined) continue;
    if (fields.every((field, at) => field === '*' || unescaped(field) === wanted[at])) {
      return unescaped(password);
    }
  }
  return undefined;
}

/** What stands between the first colons, and all that follows them. A backslash takes the next character as it is. */
function fieldsOf(line: string, colons: number): string[] {
  const fields: string[] = [];
  let from = 0;
  for (const { index, 0: found } of line.matchAll(/\\.|:/g)) {
    if (found !== ':' || fields.length === colons) continue;
    fields.push(line.slice(from, index));
    from = index + 1;
  }
  return [...fields, line.slice(from)];
}

function unescaped(field: string): string {
  return field.replace(/\\(.)/g, '$1');
}
