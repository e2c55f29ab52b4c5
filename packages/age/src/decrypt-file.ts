import { readHeader } from './header/read.ts';
import { unwrapHeader } from './header/unwrap.ts';
import { openFile, type DecryptedFile } from './payload/index.ts';
import type { FileInput, FileOutput, Identity, PayloadOptions } from './ports.ts';

/**
 * Decrypts a file that is not armored on every core, in constant memory. Without `output` it only
 * checks. Neither file is synced or closed; unless this resolves, what `output` holds is not to be used.
 * Throws what {@link unwrapHeader} throws, and AGE_PAYLOAD_DAMAGED.
 */
export async function decryptFile(
  input: FileInput,
  output: FileOutput | null,
  identities: readonly Identity[],
  options: PayloadOptions & { readonly digests?: boolean } = {},
): Promise<DecryptedFile> {
  const header = await readHeader(input, options);
  using fileKey = await unwrapHeader(header, identities, options);
  return await openFile(input, header.size, output, fileKey, options);
}
