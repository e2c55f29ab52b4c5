import { writeAll } from './files/transfer.ts';
import { wrapHeader } from './header/wrap.ts';
import { openOutput } from './payload/file-end.ts';
import { sealFile } from './payload/index.ts';
import type { FileInput, FileOutput, PayloadOptions, Recipient } from './ports.ts';
import { Secret } from './secret.ts';

const FILE_KEY_SIZE = 16;

/**
 * Encrypts a file on every core, in constant memory. Neither file is synced or closed; on failure
 * `output` is left as far as it came. Returns the bytes written and read.
 */
export async function encryptFile(
  input: FileInput,
  output: FileOutput,
  recipients: readonly Recipient[],
  options: PayloadOptions = {},
): Promise<{ size: number; plaintextSize: number }> {
  using fileKey = Secret.random(FILE_KEY_SIZE);
  const header = await wrapHeader(fileKey, recipients, options);
  {
    using end = openOutput(output);
    await writeAll(end, header.bytes, options.signal);
  }
  const { fd, offset } = output;
  const after = offset === undefined ? { fd } : { fd, offset: offset + header.size };
  const { size, plaintextSize } = await sealFile(input, after, fileKey, options);
  return { size: header.size + size, plaintextSize };
}
