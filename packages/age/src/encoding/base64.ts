/**
 * RFC 4648 §4 without padding, as headers carry it.
 * Returns `null` unless `text` is the one canonical encoding: no padding, no stray bits, no line ends.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = Buffer.from(text, 'base64');
  // Buffer forgives much; only what encodes back to itself was canonical.
  return encodeBase64(bytes) === text ? Uint8Array.from(bytes) : null;
}

export function encodeBase64(bytes: Uint8Array): string {
  return toBuffer(bytes).toString('base64').replace(/=+$/, '');
}

/** The padded form, as armor carries it; as strict. */
export function decodePaddedBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? Uint8Array.from(bytes) : null;
}

export function encodePaddedBase64(bytes: Uint8Array): string {
  return toBuffer(bytes).toString('base64');
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
