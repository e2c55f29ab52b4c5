import { decodeArmor } from './armor/decode.ts';
import { isArmored } from './armor/format.ts';
import { undress } from './armor/undress.ts';
import { once, resume } from './encoding/byte-source.ts';
import { concat } from './encoding/concat.ts';
import { parseHeader } from './header/header.ts';
import { readStreamHeader } from './header/read.ts';
import { unwrapHeader } from './header/unwrap.ts';
import { openStream } from './payload/index.ts';
import type { Identity } from './ports.ts';

/**
 * Decrypts a whole age file, armored or not. The plaintext is the caller's to wipe; there is none
 * unless all of it is authentic and complete.
 * Throws what {@link unwrapHeader} throws, ARMOR_INVALID, AGE_PAYLOAD_DAMAGED, CANCELLED.
 */
export async function decrypt(
  file: Uint8Array,
  identities: readonly Identity[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const binary = isArmored(file) ? decodeArmor(file) : file;
  const header = parseHeader(binary);
  using fileKey = await unwrapHeader(header, identities, options);
  const chunks: Uint8Array[] = [];
  try {
    const payload = once(binary.subarray(header.size));
    for await (const chunk of openStream(payload, fileKey, options)) chunks.push(chunk);
    return concat(chunks);
  } finally {
    for (const chunk of chunks) chunk.fill(0);
  }
}

/**
 * Decrypts what `source` yields, armored or not, a chunk at a time. Every chunk is authentic, but the
 * plaintext is complete only when the generator has ended without throwing: until then, do nothing
 * with it that cannot be taken back. Throws as {@link decrypt} does, and what `source` throws.
 */
export async function* decryptStream(
  source: AsyncIterable<Uint8Array>,
  identities: readonly Identity[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const binary = await undress(source, options.signal);
  try {
    const { header, rest } = await readStreamHeader(binary, options.signal);
    using fileKey = await unwrapHeader(header, identities, options);
    yield* openStream(resume(rest, binary), fileKey, options);
  } finally {
    await binary.return?.();
  }
}
