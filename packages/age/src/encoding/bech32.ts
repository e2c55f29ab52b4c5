import { bech32 } from '@scure/base';

/**
 * Bech32 (BIP 173) without its limit of 90 characters, as age uses it: recipients in lower case,
 * identities in upper case. Returns `null` for anything else; never says what the text was, for it
 * may be secret.
 */
export function decodeBech32(text: string, prefix: string): Uint8Array<ArrayBuffer> | null {
  const upper = prefix === prefix.toUpperCase();
  if (text !== (upper ? text.toUpperCase() : text.toLowerCase())) return null;
  try {
    const decoded = bech32.decode(text as `${string}1${string}`, false);
    if (decoded.prefix !== prefix.toLowerCase()) return null;
    const bytes = Uint8Array.from(bech32.fromWords(decoded.words));
    decoded.words.fill(0);
    return bytes;
  } catch {
    return null;
  }
}

/** Encodes in the case of `prefix`. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const text = bech32.encode(prefix.toLowerCase(), bech32.toWords(bytes), false);
  return prefix === prefix.toUpperCase() ? text.toUpperCase() : text;
}
