import { orCancelled } from '../cancel.ts';
import { concat } from '../encoding/concat.ts';
import { decodeSecretBase64, encodeSecretBase64 } from '../encoding/secret-base64.ts';
import { ageError } from '../error.ts';
import { MAX_LINE } from '../header/limits.ts';
import { encodeStanzaLine, stanzaArguments } from '../header/stanza.ts';
import type { Stanza } from '../ports.ts';

const NEWLINE = 0x0a;
const COLUMNS = 64;
const BYTES_PER_LINE = 48;

/** No stanza that is sent has a longer body. */
const MAX_BODY = 1024 * 1024;

/** All that a peer may send: the headers of many files. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A stanza as it was received: its body may be secret, and is the receiver's to wipe. */
export interface ReceivedStanza extends Stanza {
  readonly args: readonly [string, ...string[]];
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Stanzas, one after another, in the form that a header has them (C2SP age-plugin, "IPC protocol").
 * The chunks of the source become the reader's, which wipes them.
 */
export class StanzaReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);
  #received = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Resolves to `null` at the end. Throws CANCELLED, also for what is no stanza: no peer that speaks it remains. */
  async next(signal?: AbortSignal): Promise<ReceivedStanza | null> {
    const first = await this.#line(signal);
    if (first === null) return null;
    const args = stanzaArguments(Buffer.from(first).toString('latin1'));
    if (args === null) throw garbled();
    const parts: Uint8Array[] = [];
    try {
      for (let size = 0; ;) {
        const part = await this.#bodyLine(signal);
        parts.push(part);
        size += part.length;
        if (size > MAX_BODY) throw garbled();
        if (part.length < BYTES_PER_LINE) return { args, body: concat(parts) };
      }
    } finally {
      for (const part of parts) part.fill(0);
    }
  }

  async #bodyLine(signal: AbortSignal | undefined): Promise<Uint8Array> {
    const line = await this.#line(signal);
    const bytes = line === null || line.length > COLUMNS ? null : decodeSecretBase64(line);
    line?.fill(0);
    if (bytes === null) throw garbled();
    return bytes;
  }

  async #line(signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    for (;;) {
      const end = this.#pending.indexOf(NEWLINE);
      if ((end === -1 ? this.#pending.length : end) > MAX_LINE) throw garbled();
      if (end !== -1) {
        const line = this.#pending.slice(0, end);
        this.#pending.fill(0, 0, end);
        this.#pending = this.#pending.subarray(end + 1);
        return line;
      }
      const next = await orCancelled(this.#source.next(), signal);
      if (next.done === true) {
        if (this.#pending.length > 0) throw garbled();
        return null;
      }
      this.#append(next.value);
    }
  }

  #append(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received > MAX_BYTES) throw garbled();
    const joined = concat([this.#pending, chunk]);
    this.#pending.fill(0);
    chunk.fill(0);
    this.#pending = joined;
  }
}

/** The bytes of a stanza, the caller's to wipe. Throws RECIPIENT_INVALID for arguments that could not be read back. */
export function encodeSecretStanza({ args, body }: Stanza): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [Buffer.from(encodeStanzaLine(args), 'latin1')];
  const text = encodeSecretBase64(body);
  for (let at = 0; at <= text.length; at += COLUMNS) {
    parts.push(text.subarray(at, at + COLUMNS), Uint8Array.of(NEWLINE));
  }
  const bytes = concat(parts);
  text.fill(0);
  return bytes;
}

function garbled(): Error {
  return ageError('CANCELLED', 'the age program does not speak the plugin protocol');
}
