import { stat } from 'node:fs/promises';
import type { SecretFacts } from '@holdfast/catalog';
import type { SecretSource } from '../ports.ts';
import type { Run } from '../run.ts';
import { sourceFromCommand } from './command.ts';
import { sourceFromFile, sourceFromFiles } from './index.ts';
import { storeOf } from '../store/index.ts';

/** The live secret, to be read again as it was read before. */
export async function sourceAgain(
  source: NonNullable<SecretFacts['source']>,
  run: Pick<Run, 'instance' | 'tokens'>,
): Promise<SecretSource> {
  const { kind, what } = source;
  const [first = ''] = what;
  switch (kind) {
    case 'file':
      // A configuration names a folder as it names a file.
      return (await isFolder(first)) ? sourceFromFiles(what) : sourceFromFile(first);
    case 'files':
      return sourceFromFiles(what);
    case 'store':
      return storeOf(run.instance, { tokens: run.tokens }).source(first);
    case 'command':
      return sourceFromCommand(first);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    // The source says better what is wrong with it.
    () => false,
  );
}
