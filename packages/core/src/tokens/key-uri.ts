import type { KeyDetails } from '@holdfast/token';

/**
 * The RFC 7512 URI that names a recorded key and no other. Everything but unreserved characters is
 * percent-encoded, so that it can stand in an envelope expression, in quotes and in plain ASCII.
 */
export function keyUri({ token, label, id }: KeyDetails): string {
  const attributes = [
    ['token', encode(token.label)],
    ['serial', encode(token.serial)],
    ['object', encode(label)],
    ['id', id.replaceAll(/../g, (octet) => `%${octet.toUpperCase()}`)],
  ];
  const known = attributes.filter(([, value]) => value !== '');
  return `pkcs11:${known.map((attribute) => attribute.join('=')).join(';')}`;
}

function encode(text: string): string {
  const octets = Array.from(new TextEncoder().encode(text), (octet) => {
    const character = String.fromCharCode(octet);
    if (/[A-Za-z0-9._~-]/.test(character)) return character;
    return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return octets.join('');
}
