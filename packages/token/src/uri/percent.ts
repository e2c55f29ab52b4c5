import { tokenError } from '../errors.ts';

const PATH_TEXT = /^(?:[\w.~:[\]@!$'()*+,=&-]|%[\da-f]{2})*$/i;
const QUERY_TEXT = /^(?:[\w.~:[\]@!$'()*+,=/?|-]|%[\da-f]{2})*$/i;
const UNRESERVED = /[\w.~-]/;

/** The octets of an attribute's value, `pk11-pchar` or `pk11-qchar` of RFC 7512; a plus sign is a plus sign. */
export function decodeOctets(value: string, part: 'path' | 'query', name: string): Buffer {
  if (!(part === 'path' ? PATH_TEXT : QUERY_TEXT).test(value)) {
    throw tokenError(
      'TOKEN_URI_INVALID',
      `the value of "${name}" has a character that must be written as % and two hexadecimal digits`,
    );
  }
  const octets = value.replaceAll(/%([\da-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(octets, 'latin1');
}

/** The same as text, which is UTF-8 and stays as it is: it is not normalized. */
export function decodeText(value: string, part: 'path' | 'query', name: string): string {
  const octets = decodeOctets(value, part, name);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch (cause) {
    throw tokenError('TOKEN_URI_INVALID', `the value of "${name}" is not UTF-8`, { cause });
  }
}

/** Leaves as they are only characters that mean nothing anywhere, and those in `plain`. */
export function encodeText(text: string, plain = ''): string {
  return Array.from(Buffer.from(text, 'utf8'), (octet) => {
    const character = String.fromCharCode(octet);
    return UNRESERVED.test(character) || plain.includes(character) ? character : encode(octet);
  }).join('');
}

/** RFC 7512, 2.3, wants every octet of a CKA_ID encoded. */
export function encodeOctets(octets: Uint8Array): string {
  return Array.from(octets, encode).join('');
}

function encode(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
