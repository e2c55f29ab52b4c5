import { throwIfCancelled } from '../cancel.ts';
import { ByteBuffer } from '../encoding/byte-buffer.ts';
import { readSome } from '../files/transfer.ts';
import { openInput } from '../payload/file-end.ts';
import type { FileInput } from '../ports.ts';
import { parseExactHeader, parseHeader, type Header } from './header.ts';
import { bytesSurelyMissing, findHeaderEnd, headerCutShort } from './scan.ts';

const READ_SIZE = 4096;

/**
 * Reads the header and no more than it must: who can open this file?
 *
 * A `FileInput` without `offset` is left exactly at the first byte of the payload; with one, its file
 * position is not moved. Of an async iterable the chunk with the header's end is consumed, and the
 * iterable is closed. Throws NOT_AGE, AGE_HEADER_INVALID, CANCELLED.
 */
export async function readHeader(
  source: Uint8Array | FileInput | AsyncIterable<Uint8Array>,
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<Header> {
  if (source instanceof Uint8Array) return parseHeader(source);
  if ('fd' in source) return await readFileHeader(source, options?.signal);
  const iterator = source[Symbol.asyncIterator]();
  try {
    const { header } = await readStreamHeader(iterator, options?.signal);
    return header;
  } finally {
    await iterator.return?.();
  }
}

/** Also returns what was read past the header; the iterator stays the caller's. */
export async function readStreamHeader(
  source: AsyncIterator<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<{ header: Header; rest: Uint8Array }> {
  const buffer = new ByteBuffer();
  const state = { lineStart: 0, searched: 0 };
  for (;;) {
    throwIfCancelled(signal);
    const next = await source.next();
    if (next.done === true) throw headerCutShort(buffer.bytes);
    buffer.append(next.value);
    const end = findHeaderEnd(buffer.bytes, state);
    if (end !== null) {
      return {
        header: parseExactHeader(buffer.bytes.slice(0, end)),
        rest: buffer.bytes.slice(end),
      };
    }
  }
}

async function readFileHeader(input: FileInput, signal: AbortSignal | undefined): Promise<Header> {
  const buffer = new ByteBuffer();
  const state = { lineStart: 0, searched: 0 };
  const size = input.offset === undefined ? Infinity : (input.size ?? Infinity);
  using end = openInput(input);
  for (;;) {
    const have = buffer.bytes.length;
    const wanted = end.offset === null ? bytesSurelyMissing(buffer.bytes, state) : READ_SIZE;
    const length = Math.min(wanted, size - have);
    const chunk = length > 0 ? await readSome(end, have, length, signal) : null;
    if (chunk === null || chunk.length === 0) throw headerCutShort(buffer.bytes);
    buffer.append(chunk);
    const headerEnd = findHeaderEnd(buffer.bytes, state);
    if (headerEnd !== null) return parseExactHeader(buffer.bytes.slice(0, headerEnd));
  }
}
