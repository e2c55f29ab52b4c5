import { PlaintextDigest } from '@holdfast/age';
import type { PayloadKind } from '../ports.ts';
import { digestTar } from './tar-digest.ts';

/**
 * What two readings of one secret have in common, in hex, whatever it is read from. Of a file it is the digest
 * that its payload has in a backup; of several, that of what a tar of them holds.
 *
 * @throws PAYLOAD_UNSAFE for what is no tar of ours although it should be
 */
export async function digestContent(
  kind: PayloadKind,
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly digest: string; readonly size: number }> {
  let size = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const bytes of content) {
      size += bytes.length;
      yield bytes;
    }
  }
  const digest = kind === 'tar' ? await digestTar(counted()) : await digestPlain(counted());
  return { digest, size };
}

async function digestPlain(content: AsyncIterable<Uint8Array>): Promise<string> {
  const digest = new PlaintextDigest();
  for await (const bytes of content) digest.update(bytes);
  return Buffer.from(digest.digest()).toString('hex');
}
