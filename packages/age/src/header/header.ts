import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { concat } from '../encoding/concat.ts';
import { ageError } from '../error.ts';
import type { Stanza } from '../ports.ts';
import { MAX_HEADER, MAX_LINE } from './limits.ts';
import { findHeaderEnd, headerCutShort } from './scan.ts';
import { encodeStanza, parseStanza } from './stanza.ts';

/** The beginning of an age file: who can open it. Public, and untrusted until its MAC was verified. */
export interface Header {
  readonly stanzas: readonly Stanza[];
  readonly mac: Uint8Array;
  /** Exactly as they stand in the file. */
  readonly bytes: Uint8Array;
  /** Bytes of the header; the payload begins there. */
  readonly size: number;
}

const VERSION = 'age-encryption.org/v1';
const MAC_SIZE = 32;

/**
 * Reads the header that `bytes` begin with; what follows it is not looked at (C2SP age, "header").
 * Throws NOT_AGE, or AGE_HEADER_INVALID, also for a scrypt stanza that is not the only one.
 */
export function parseHeader(bytes: Uint8Array): Header {
  const end = findHeaderEnd(bytes);
  if (end === null) throw headerCutShort(bytes);
  // Copied: `slice` of a Buffer would not.
  return parseExactHeader(new Uint8Array(bytes.subarray(0, end)));
}

/** `bytes` end where the header does. They become part of the result. */
export function parseExactHeader(bytes: Uint8Array): Header {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  lines.pop(); // what follows the last line end: nothing
  const last = lines.pop();
  const mac = last?.startsWith('--- ') === true ? decodeBase64(last.slice(4)) : null;
  if (mac?.length !== MAC_SIZE) {
    throw ageError('AGE_HEADER_INVALID', 'the header has no well-formed MAC line');
  }

  let index = 0;
  const nextLine = (): string | null => lines[index++] ?? null;
  if (nextLine() !== VERSION) {
    throw ageError('AGE_HEADER_INVALID', 'the version of the age format is not supported');
  }
  const stanzas: Stanza[] = [];
  for (let line = nextLine(); line !== null; line = nextLine()) {
    stanzas.push(parseStanza(line, nextLine));
  }
  assertStanzaSet(stanzas, 'AGE_HEADER_INVALID');
  return { stanzas, mac, bytes, size: bytes.length };
}

/** The exact inverse of {@link parseHeader}. Throws RECIPIENT_INVALID for what could not be read back. */
export function encodeHeader(header: Pick<Header, 'stanzas' | 'mac'>): Uint8Array {
  if (header.mac.length !== MAC_SIZE) {
    throw ageError('AGE_HEADER_INVALID', 'the MAC of a header has 32 bytes');
  }
  const unsealed = encodeUnsealedHeader(header.stanzas);
  return concat([unsealed, Buffer.from(` ${encodeBase64(header.mac)}\n`, 'latin1')]);
}

/** What the MAC covers: all up to and including the three dashes. */
export function encodeUnsealedHeader(stanzas: readonly Stanza[]): Uint8Array {
  assertStanzaSet(stanzas, 'RECIPIENTS_INCOMPATIBLE');
  const text = `${VERSION}\n${stanzas.map(encodeStanza).join('')}---`;
  const tooLong = text.split('\n').some((line) => line.length > MAX_LINE);
  if (tooLong || text.length + ' '.length + 44 > MAX_HEADER) {
    throw ageError('RECIPIENTS_INCOMPATIBLE', 'the recipients do not fit into one header');
  }
  return Buffer.from(text, 'latin1');
}

/** The part of the header's own bytes that its MAC covers. */
export function macInput(header: Header): Uint8Array {
  const macLine = ' '.length + 43 + '\n'.length;
  return header.bytes.subarray(0, header.size - macLine);
}

/**
 * A password stanza must stand alone (C2SP age, "scrypt recipient"). Stock age leaves that to the
 * scrypt identity, so that another identity opens such a file; here nobody does.
 */
function assertStanzaSet(
  stanzas: readonly Stanza[],
  code: 'AGE_HEADER_INVALID' | 'RECIPIENTS_INCOMPATIBLE',
): void {
  if (stanzas.length === 0) {
    const noStanza = code === 'AGE_HEADER_INVALID' ? code : 'RECIPIENT_INVALID';
    throw ageError(noStanza, 'there is no recipient');
  }
  if (stanzas.length > 1 && stanzas.some(({ args }) => args[0] === 'scrypt')) {
    throw ageError(code, 'a password must be the only recipient of a file');
  }
}
