import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { concat } from '../encoding/concat.ts';
import { ageError } from '../error.ts';
import type { Stanza } from '../ports.ts';

const COLUMNS = 64;
const BYTES_PER_LINE = 48;
const ARGUMENT = /^[\x21-\x7e]+$/;

/**
 * Reads one stanza from `lines`, whose first line is known to begin with `->`.
 * Consumes exactly the lines of the stanza (C2SP age, "stanza" in the ABNF of the header).
 */
export function parseStanza(first: string, nextLine: () => string | null): Stanza {
  const args = stanzaArguments(first);
  if (args === null) {
    throw ageError('AGE_HEADER_INVALID', 'a stanza of the header has malformed arguments');
  }
  const lines: Uint8Array[] = [];
  for (;;) {
    const line = nextLine();
    const bytes = line === null || line.length > COLUMNS ? null : decodeBase64(line);
    if (bytes === null) {
      throw ageError('AGE_HEADER_INVALID', 'a stanza of the header has a malformed body');
    }
    lines.push(bytes);
    // A body ends in a short line, which may be empty.
    if (bytes.length < BYTES_PER_LINE) return { args, body: concat(lines) };
  }
}

/** The arguments in the first line of a stanza; `null` when it is none. */
export function stanzaArguments(line: string): [string, ...string[]] | null {
  const [arrow, type, ...others] = line.split(' ');
  if (arrow !== '->' || type === undefined) return null;
  return [type, ...others].every((argument) => ARGUMENT.test(argument)) ? [type, ...others] : null;
}

/** Refuses arguments that could not be read back, a line end above all: it would forge a line. */
export function encodeStanzaLine(args: readonly string[]): string {
  if (args.length === 0 || !args.every((argument) => ARGUMENT.test(argument))) {
    throw ageError('RECIPIENT_INVALID', 'a recipient made a stanza with malformed arguments');
  }
  return `-> ${args.join(' ')}\n`;
}

export function encodeStanza({ args, body }: Stanza): string {
  const text = encodeBase64(body);
  let lines = encodeStanzaLine(args);
  for (let at = 0; at <= text.length; at += COLUMNS) lines += `${text.slice(at, at + COLUMNS)}\n`;
  return lines;
}
