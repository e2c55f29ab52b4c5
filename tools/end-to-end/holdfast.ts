import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** The built command, as it is installed. */
const HOLDFAST = join(import.meta.dirname, '../../apps/cli/dist/holdfast.js');
export const PASSWORD = 'stapler wombat orchid 1887 gravel';

/** An empty home with the command in its PATH, a password in the file `pw`, and nothing else. */
export interface Home extends AsyncDisposable {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  path(name: string): string;
  /** Runs a shell script in the home; resolves to its output, rejects when any command in it fails. */
  sh(script: string): Promise<string>;
  /** Runs a shell script and resolves to its raw output. */
  bytes(script: string): Promise<Buffer>;
}

export async function openHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-home-'));
  const path = (name: string): string => join(folder, name);
  const node = join(import.meta.dirname, '../../node_modules/.bin');
  const env = {
    PATH: `${folder}/bin:${node}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    TMPDIR: folder,
  };
  await exec('mkdir', [path('bin')]);
  await exec('ln', ['-s', HOLDFAST, path('bin/holdfast')]);
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
