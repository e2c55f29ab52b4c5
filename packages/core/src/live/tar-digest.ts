import { createHash } from 'node:crypto';
import { readTarEntries } from '../targets/tar-reader.ts';

/**
 * Digests what a tar of several files holds, in hex: names, types, modes, link targets and content, in their order.
 * Times and owners are left out: a file that was only touched is still the same secret.
 *
 * @throws PAYLOAD_UNSAFE for a tar that no source of ours writes
 */
export async function digestTar(tar: AsyncIterable<Uint8Array>): Promise<string> {
  const all = createHash('sha256').update('holdfast-tar/1\n');
  for await (const { name, type, mode, target, content } of readTarEntries(tar)) {
    const own = createHash('sha256');
    for await (const bytes of content) own.update(bytes);
    // JSON keeps the fields apart, whatever is in a name.
    all.update(`${JSON.stringify([name, type, mode & 0o7777, target, own.digest('hex')])}\n`);
  }
  return all.digest('hex');
}
