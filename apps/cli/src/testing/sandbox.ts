import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = new URL('../', import.meta.url);

/** What is to be found in the search path, by the file of ours that it runs. */
const PROGRAMS = {
  holdfast: 'holdfast.ts',
  'age-plugin-holdfast': 'age-plugin-holdfast.ts',
  'age-plugin-tag': 'age-plugin-holdfast.ts',
} as const;

/**
 * A folder of its own, with an empty home in it, `holdfast` and its plugins in the search path, and a SoftHSM2
 * without tokens, whose module is `$SOFTHSM`.
 */
export interface Sandbox extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function openSandbox(files: Iterable<readonly [string, string]>): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  const bin = join(folder, '.bin');
  await mkdir(bin);
  await mkdir(join(folder, 'home'));
  for (const [name, file] of Object.entries(PROGRAMS)) {
    const source = fileURLToPath(new URL(file, SOURCES));
    const script = `#!/bin/sh\nexec "${process.execPath}" "${source}" "$@"\n`;
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  const softHsm = join(folder, 'home', 'softhsm2.conf');
  const tokens = join(folder, 'home', 'tokens');
  await mkdir(tokens);
  await writeFile(softHsm, `directories.tokendir = ${tokens}\nlog.level = ERROR\n`);
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o600 });
  }
  return {
    folder,
    env: {
      HOME: join(folder, 'home'),
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      LANG: 'C.UTF-8',
      TERM: 'xterm',
      SOFTHSM2_CONF: softHsm,
      SOFTHSM: '/usr/lib/softhsm/libsofthsm2.so',
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
