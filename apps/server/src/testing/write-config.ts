import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, type Config } from '@holdfast/core';

/** A configuration whose state is in `folder`, beside two empty ones: `nas` and `other`. `$DIR` in it is the folder. */
export async function writeConfig(folder: string, toml: string): Promise<Config> {
  await mkdir(join(folder, 'nas'), { recursive: true });
  await mkdir(join(folder, 'other'), { recursive: true });
  const path = join(folder, 'config.toml');
  const text = `state = "$DIR/state"\n${toml}\n`.replaceAll('$DIR', folder);
  await writeFile(path, text);
  return await loadConfig({ path, env: {} });
}
