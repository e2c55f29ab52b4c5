const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const VALUES = new Int8Array(256).fill(-1);
for (const [value, character] of ALPHABET.entries()) VALUES[character] = value;

/** Unpadded base64 that never becomes a string, which nobody could wipe. Both arrays are the caller's to wipe. */
export function encodeSecretBase64(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new Uint8Array(Math.ceil((bytes.length * 8) / 6));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) text[at++] = ALPHABET[(held >> (bits - 6)) & 63] ?? 0;
  }
  if (bits > 0) text[at] = ALPHABET[(held << (6 - bits)) & 63] ?? 0;
  return text;
}

/** The exact inverse: `null` for anything but the one canonical encoding. */
export function decodeSecretBase64(text: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const value = VALUES[character] ?? -1;
    if (value === -1) return wiped(bytes);
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 0xff;
  }
  const stray = held & ((1 << bits) - 1);
  return bits < 6 && stray === 0 ? bytes : wiped(bytes);
}

function wiped(bytes: Uint8Array): null {
  bytes.fill(0);
  return null;
}
