import { read } from 'node:fs';
import { promisify } from 'node:util';

import type { OpenSource, SecretSource } from '../ports.ts';

const readAt = promisify(read);

/** Reads a source to its end as sealing does; `during` runs when the first bytes were read. */
export async function readSource(
  source: SecretSource,
  options: { signal?: AbortSignal; during?: () => Promise<void> } = {},
): Promise<{ bytes: Buffer; size: number | null }> {
  const { signal, during } = options;
  await using opened = await source.open(signal ? { signal } : {});
  const pieces: Uint8Array[] = [];
  for await (const piece of contentOf(opened)) {
    if (pieces.length === 0) await during?.();
    pieces.push(Buffer.from(piece));
  }
  const bytes = Buffer.concat(pieces);
  await opened.finish(bytes.length);
  return { bytes, size: opened.size };
}

async function* contentOf({ content }: OpenSource): AsyncGenerator<Uint8Array> {
  if (!('fd' in content)) {
    yield* content;
    return;
  }
  const { fd, offset, size = Infinity } = content;
  for (let done = 0; done < size;) {
    const buffer = Buffer.alloc(Math.min(1000, size - done));
    const position = offset === undefined ? null : offset + done;
    const { bytesRead } = await readAt(fd, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
