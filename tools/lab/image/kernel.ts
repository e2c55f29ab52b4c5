import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';

import { LabError } from '../guest/lab-error.ts';

/** Takes the uncompressed kernel out of a bzImage: under emulation it would spend seconds on unpacking itself. */
export async function extractKernel(from: string, to: string): Promise<void> {
  const kernel = await promisify(zstdDecompress)(compressedPart(await readFile(from)));
  if (kernel.toString('latin1', 1, 4) !== 'ELF') throw new LabError('no kernel in the bzImage');
  await writeFile(to, kernel);
}

/** Where it is, says the setup header: https://docs.kernel.org/arch/x86/boot.html. */
function compressedPart(image: Buffer): Buffer {
  if (image.length < 0x250 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') {
    throw new LabError('not a bzImage');
  }
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  // The last four bytes are the size of what was compressed.
  return image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
}
