// Puts a file on a mounted volume and reads it back from there, and says how many seconds that took.
import { open } from 'node:fs/promises';

import { openFolder, putFile } from '@holdfast/media';

const [input = '', folder = '', name = ''] = process.argv.slice(2);
await using content = await open(input);
const { size } = await content.stat();
await using volume = await openFolder(folder);
const started = performance.now();
const { proof } = await putFile(volume, name, { fd: content.fd, size });
if (proof !== 'direct') throw new Error(`it was read back ${proof}`);
console.log((performance.now() - started) / 1000);
