import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** The built programs, under the names by which they are installed. */
const DIST = join(import.meta.dirname, '../../apps/cli/dist');
const PROGRAMS = {
  holdfast: 'holdfast.js',
  'age-plugin-holdfast': 'age-plugin-holdfast.js',
  'age-plugin-tag': 'age-plugin-holdfast.js',
};
export const PASSWORD = 'stapler wombat orchid 1887 gravel';

/** An empty home with the programs in its PATH, a password in the file `pw`, and nothing else. */
export interface Home extends AsyncDisposable {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  path(name: string): string;
  /** Runs a shell script in the home; resolves to its output, rejects when any command in it fails. */
  sh(script: string): Promise<string>;
  /** Runs a shell script and resolves to its raw output. */
  bytes(script: string): Promise<Buffer>;
}

/** `more` goes into its environment. */
export async function openHome(more: Readonly<Record<string, string>> = {}): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-home-'));
  const path = (name: string): string => join(folder, name);
  const node = join(import.meta.dirname, '../../node_modules/.bin');
  const env = {
    PATH: `${folder}/bin:${node}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    TMPDIR: folder,
    ...more,
  };
  await exec('mkdir', [path('bin')]);
  for (const [name, program] of Object.entries(PROGRAMS)) {
    await exec('ln', ['-s', join(DIST, program), path(`bin/${name}`)]);
  }
  await writeFile(path('pw'), `${PASSWORD}\n`, { mode: 0o600 });
  const bytes = async (script: string): Promise<Buffer> => {
    const options = { cwd: folder, env, encoding: 'buffer' as const, maxBuffer: 1 << 26 };
    return (await exec('sh', ['-euc', script], options)).stdout;
  };
  return {
    folder,
    env,
    path,
    bytes,
    sh: async (script) => (await bytes(script)).toString('utf8'),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
