import { encodeOctets, encodeText } from './percent.ts';
import {
  PATH_ATTRIBUTES,
  TRUSTED_ATTRIBUTES,
  type PathAttribute,
  type TokenUri,
} from './token-uri.ts';

/**
 * Writes a PKCS#11 URI (RFC 7512). Everything that could mean something to a shell or within `token(…)` is
 * encoded. `parseTokenUri` reads it back as it was.
 */
export function formatTokenUri(uri: TokenUri): string {
  const path = PATH_ATTRIBUTES.flatMap((name) => {
    const value = uri[name];
    return value === undefined ? [] : [`${name}=${pathText(name, value)}`];
  });
  const query = TRUSTED_ATTRIBUTES.flatMap((name) => {
    const value = uri[name];
    return value === undefined ? [] : [`${name}=${encodeText(value, ':/')}`];
  });
  const vendor = (uri.vendor ?? []).map(({ name, value }) => `${name}=${encodeText(value)}`);
  const all = [...query, ...vendor];
  return `pkcs11:${path.join(';')}${all.length === 0 ? '' : `?${all.join('&')}`}`;
}

function pathText(name: PathAttribute, value: string): string {
  return name === 'id' ? encodeOctets(Buffer.from(value, 'hex')) : encodeText(value);
}
