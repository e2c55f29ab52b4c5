import type { Header, HeaderData } from 'tar';

import { coreError } from '../errors.ts';

/** An entry, and its bytes; they are to be read before the next entry is asked for. */
export interface TarredEntry {
  readonly name: string;
  readonly type: 'File' | 'Directory' | 'SymbolicLink';
  readonly mode: number;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mtime: Date;
  readonly target: string;
  readonly content: AsyncIterable<Uint8Array>;
}

const BLOCK = 512;
/** Names and link targets are at most 4096 bytes each on Linux. */
const LARGEST_PAX = 16 * 1024;

/** Reads the tar of a payload. Throws PAYLOAD_UNSAFE for anything that a source of ours does not write. */
export async function* readTarEntries(
  plaintext: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarredEntry> {
  const [{ Header }, { Pax }] = await Promise.all([import('tar/header'), import('tar/pax')]);
  await using bytes = new Bytes(plaintext);
  let extended: HeaderData | undefined;
  for (;;) {
    const block = await bytes.take(BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const header = new Header(block, 0);
    if (!header.cksumValid) throw unsafe('its tar has a damaged header');
    const size = extended?.size ?? header.size ?? 0;
    if (header.type === 'ExtendedHeader') {
      if (extended !== undefined || size > LARGEST_PAX) throw unsafe('its tar has a wrong header');
      const body = await bytes.take(size);
      await bytes.skip(padding(size));
      extended = Pax.parse(body.toString('utf8'));
      continue;
    }
    const entry = describe(header, extended);
    const length = entry.type === 'File' ? size : 0;
    let left = length;
    async function* content(): AsyncGenerator<Uint8Array> {
      while (left > 0) {
        const piece = await bytes.some(left);
        left -= piece.length;
        yield piece;
      }
    }
    yield { ...entry, content: content() };
    if (left > 0) throw new TypeError('an entry was left before it was read to its end');
    await bytes.skip(padding(length));
    extended = undefined;
  }
  await bytes.finish();
}

function describe(header: Header, extended?: HeaderData): Omit<TarredEntry, 'content'> {
  const { type } = header;
  if (type !== 'File' && type !== 'Directory' && type !== 'SymbolicLink') {
    throw unsafe(`its tar holds a ${type}`);
  }
  const path = extended?.path ?? header.path ?? '';
  return {
    name: type === 'Directory' ? path.replace(/\/$/, '') : path,
    type,
    mode: header.mode ?? 0o600,
    uid: extended?.uid ?? header.uid,
    gid: extended?.gid ?? header.gid,
    mtime: extended?.mtime ?? header.mtime ?? new Date(0),
    target: extended?.linkpath ?? header.linkpath ?? '',
  };
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** An error for a payload whose authenticated content is not what we would have put there. */
export function unsafe(message: string): Error {
  return coreError('PAYLOAD_UNSAFE', message);
}

/** Takes a stream apart by counts. */
class Bytes implements AsyncDisposable {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least one byte and at most `limit`. */
  async some(limit: number): Promise<Uint8Array> {
    while (this.#held.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) throw unsafe('its tar ends too early');
      this.#held = next.value;
    }
    const piece = this.#held.subarray(0, limit);
    this.#held = this.#held.subarray(piece.length);
    return piece;
  }

  async take(count: number): Promise<Buffer> {
    const taken = Buffer.alloc(count);
    for (let done = 0; done < count;) {
      const piece = await this.some(count - done);
      taken.set(piece, done);
      done += piece.length;
    }
    return taken;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.some(left)).length;
  }

  /** Reads to the end, so that the source can make its last checks; only zeros may follow a tar. */
  async finish(): Promise<void> {
    for (;;) {
      if (this.#held.some((byte) => byte !== 0)) throw unsafe('something follows its tar');
      const next = await this.#source.next();
      if (next.done === true) return;
      this.#held = next.value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.return?.();
  }
}
