import { mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/age';
import { expect, test } from 'vitest';
import { readBackupFile } from './reader.ts';
import { verifySshsig } from './sshsig.ts';
import { readBytes, sampleBackup } from './testing/sample-backup.ts';

// One bit of each byte, another one from byte to byte: all eight take minutes.
test('a bit flipped in any byte outside the payload is noticed', { timeout: 300_000 }, async () => {
  const sample = await sampleBackup();
  const { payload } = await readBytes(sample);
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-flips-')), 'backup.tar');
  await writeFile(path, sample);
  await using handle = await open(path, 'r+');
  const codes = new Set<string>();
  let unnoticed = 0;
  for (let at = 0; at < sample.length; at++) {
    if (at >= payload.offset && at < payload.offset + payload.size) continue;
    await handle.write(Uint8Array.of((sample[at] ?? 0) ^ (1 << (at % 8))), 0, 1, at);
    try {
      const { manifestBytes, signature } = await readBackupFile(handle);
      verifySshsig(manifestBytes, signature ?? new Uint8Array());
      unnoticed++;
    } catch (error) {
      codes.add(String(error instanceof HoldfastError ? error.code : error));
    }
    await handle.write(sample, at, 1, at);
  }
  expect(unnoticed).toBe(0);
  const known = ['BACKUP_DAMAGED', 'FORMAT_UNSUPPORTED', 'NOT_A_BACKUP', 'SIGNATURE_INVALID'];
  expect(known).toEqual(expect.arrayContaining([...codes]));
});
