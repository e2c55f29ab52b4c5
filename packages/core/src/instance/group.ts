import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';

const run = promisify(execFile);

/** The number of a group, from whichever directory the machine asks. Throws CONFIG_INVALID when there is none. */
export async function groupNumber(name: string): Promise<number> {
  if (/^$|^-|[:,\n\0]/.test(name))
    throw coreError('CONFIG_INVALID', 'the group has no proper name');
  const gid = fieldOf(await lookUp('group', name), name);
  if (gid === null) {
    throw coreError('CONFIG_INVALID', `there is no group "${name}" on this machine`);
  }
  return gid;
}

/** What a user is called, or "user 1000" when nobody knows. */
export async function userName(uid: number): Promise<string> {
  const entry = await lookUp('passwd', String(uid));
  const name = entry.split(':', 1)[0];
  return name === undefined || !/^[\w.@\\-]+$/.test(name) ? `user ${String(uid)}` : name;
}

/** The entry's line, empty when there is none. Without getent, as in small containers, the files count. */
async function lookUp(database: 'group' | 'passwd', wanted: string): Promise<string> {
  try {
    const { stdout } = await run('getent', [database, wanted], { timeout: 10_000 });
    return stdout.split('\n', 1)[0] ?? '';
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) return '';
    return await lookUpInFile(database, wanted);
  }
}

async function lookUpInFile(database: 'group' | 'passwd', wanted: string): Promise<string> {
  const text = await readFile(`/etc/${database}`, 'utf8').catch(() => '');
  const matches = (line: string): boolean => {
    const fields = line.split(':');
    return fields[0] === wanted || (database === 'passwd' && fields[2] === wanted);
  };
  return text.split('\n').find(matches) ?? '';
}

// getent takes a number for a name too; a group that is called otherwise is not the one configured.
function fieldOf(entry: string, name: string): number | null {
  const [found, , gid] = entry.split(':');
  if (found?.toLowerCase() !== name.toLowerCase() || gid === undefined) return null;
  return /^\d+$/.test(gid) ? Number(gid) : null;
}
