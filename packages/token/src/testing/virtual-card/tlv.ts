/** BER-TLV as ISO 7816-4 and DER have it; the tag is given as its bytes in hexadecimal. */
export function encodeTlv(tag: string, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(tag, 'hex'), encodeLength(value.length), value]);
}

export interface Tlv {
  readonly tag: string;
  readonly value: Buffer;
}

/** Throws RangeError on what is cut short. */
export function decodeTlvs(bytes: Buffer): Tlv[] {
  const found: Tlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    if ((bytes.readUInt8(at++) & 0x1f) === 0x1f) while (bytes.readUInt8(at++) & 0x80);
    const tag = bytes.toString('hex', start, at);
    let length = bytes.readUInt8(at++);
    if (length > 0x80) {
      const octets = length & 0x7f;
      length = bytes.readUIntBE(at, octets);
      at += octets;
    }
    if (at + length > bytes.length) throw new RangeError('a TLV is cut short');
    found.push({ tag, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return Buffer.of(0x82, length >> 8, length & 0xff);
}
