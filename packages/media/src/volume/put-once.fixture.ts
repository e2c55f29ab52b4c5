import { open } from 'node:fs/promises';

import { openFolder } from './open-folder.ts';
import { putFile } from './put-file.ts';

// Run by tests under strace: puts one file into a folder, and prints how that ended.
const [folder = '', from = ''] = process.argv.slice(2);
try {
  await using content = await open(from);
  const { size } = await content.stat();
  await using volume = await openFolder(folder);
  const { path } = await putFile(volume, 'out', { fd: content.fd, size });
  process.stdout.write(path);
} catch (cause) {
  process.stdout.write(String(cause instanceof Error && 'code' in cause ? cause.code : cause));
}
