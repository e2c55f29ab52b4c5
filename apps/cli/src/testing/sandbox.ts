import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../holdfast.ts', import.meta.url));

/** A folder of its own, with an empty home in it and `holdfast` in the search path. */
export interface Sandbox extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function openSandbox(files: Iterable<readonly [string, string]>): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  const bin = join(folder, '.bin');
  await mkdir(bin);
  await mkdir(join(folder, 'home'));
  await writeFile(
    join(bin, 'holdfast'),
    `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`,
  );
  await chmod(join(bin, 'holdfast'), 0o755);
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
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
