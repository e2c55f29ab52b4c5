import type { HoldfastError } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import { decodeOctets, decodeText } from './percent.ts';
import { pinSourceOf } from './pin-source.ts';
import {
  OBJECT_TYPES,
  PATH_ATTRIBUTES,
  TRUSTED_ATTRIBUTES,
  type PathAttribute,
  type TokenUri,
  type TrustedAttribute,
  type VendorAttribute,
} from './token-uri.ts';

const SCHEME = /^pkcs11:/i;
const NAME = /^[a-z\d_-]+$/i;
const MAX_LENGTH = 8192;

/**
 * Reads a PKCS#11 URI strictly (RFC 7512). An attribute of the path that the RFC does not know is refused, not
 * passed over: it would match more than its writer meant. `trusted` is what the user has typed or configured;
 * any other text may name no module and no PIN source. A PIN in a URI is always refused.
 *
 * @throws TOKEN_URI_INVALID, which never quotes a value
 */
export function parseTokenUri(text: string, { trusted }: { readonly trusted: boolean }): TokenUri {
  if (text.length > MAX_LENGTH) throw invalid('the URI is too long');
  if (!SCHEME.test(text)) throw invalid('it does not begin with pkcs11:');
  const rest = text.slice('pkcs11:'.length);
  const mark = rest.indexOf('?');
  const path = mark === -1 ? rest : rest.slice(0, mark);
  const query = mark === -1 ? '' : rest.slice(mark + 1);

  const read: Record<string, string | VendorAttribute[]> = {};
  const vendor: VendorAttribute[] = [];
  for (const [name, value] of attributes(path, ';')) {
    if (!isOneOf(PATH_ATTRIBUTES, name)) throw invalid(`there is no attribute "${name}"`);
    assertNew(read, name);
    read[name] = pathValue(name, value);
  }
  for (const [name, value] of attributes(query, '&')) {
    if (name === 'pin-value') {
      throw invalid('a URI must not hold a PIN: "pin-value" is refused');
    }
    if (isOneOf(TRUSTED_ATTRIBUTES, name)) {
      if (!trusted) throw invalid(`"${name}" is not taken from a file, only from its user`);
      assertNew(read, name);
      read[name] = queryValue(name, value);
    } else if (isOneOf(PATH_ATTRIBUTES, name)) {
      throw invalid(`"${name}" belongs before the question mark`);
    } else {
      // RFC 7512, 2.3: these may repeat, and a reader passes over those that it does not know.
      vendor.push({ name, value: decodeText(value, 'query', name) });
    }
  }
  if (vendor.length > 0) read['vendor'] = vendor;
  // Each value was checked above to be what its attribute can have.
  const uri = read as TokenUri;
  pinSourceOf(uri);
  return uri;
}

function attributes(part: string, separator: ';' | '&'): [name: string, value: string][] {
  if (part === '') return [];
  return part.split(separator).map((attribute) => {
    const sign = attribute.indexOf('=');
    const name = attribute.slice(0, Math.max(sign, 0));
    if (!NAME.test(name)) {
      throw invalid(`between "${separator}" there must be an attribute and its value: name=value`);
    }
    return [name, attribute.slice(sign + 1)];
  });
}

function pathValue(name: PathAttribute, value: string): string {
  switch (name) {
    case 'id':
      return decodeOctets(value, 'path', name).toString('hex');
    case 'slot-id':
      if (!/^\d{1,20}$/.test(value)) throw invalid('"slot-id" is a decimal number');
      return value;
    case 'library-version':
      if (!/^\d{1,3}(?:\.\d{1,3})?$/.test(value)) {
        throw invalid('"library-version" is a number, or two with a dot between them');
      }
      return value;
    case 'type':
      if (!isOneOf(OBJECT_TYPES, value)) {
        throw invalid(`"type" is one of ${OBJECT_TYPES.join(', ')}`);
      }
      return value;
    default:
      return decodeText(value, 'path', name);
  }
}

function queryValue(name: TrustedAttribute, value: string): string {
  const text = decodeText(value, 'query', name);
  if (text === '') throw invalid(`"${name}" is empty`);
  if (text.includes('\0')) throw invalid(`"${name}" holds a NUL`);
  return text;
}

function assertNew(read: Readonly<Record<string, unknown>>, name: string): void {
  if (Object.hasOwn(read, name)) throw invalid(`"${name}" is there twice`);
}

function isOneOf<const Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

function invalid(message: string): HoldfastError {
  return tokenError('TOKEN_URI_INVALID', message);
}
