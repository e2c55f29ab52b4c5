import { createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';

import { encodeTlv } from './tlv.ts';

const SEQUENCE = '30';
const SET = '31';
const ALGORITHMS = {
  rsa: encodeTlv(SEQUENCE, Buffer.from('06092a864886f70d01010b0500', 'hex')),
  ec: encodeTlv(SEQUENCE, Buffer.from('06082a8648ce3d040302', 'hex')),
};
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const KEY_USAGE = Buffer.from('0603551d0f0101ff', 'hex');

/** Bits of the extension KeyUsage (RFC 5280, 4.2.1.3): of all keys here, and of the kinds that can do more. */
const DIGITAL_SIGNATURE = 0x80;
const KEY_ENCIPHERMENT = 0x20;
const KEY_AGREEMENT = 0x08;

/** A self-signed X.509 certificate in DER, with every usage that the kind of key is capable of. */
export function selfSigned(key: KeyObject, commonName: string): Buffer {
  const rsa = key.asymmetricKeyType === 'rsa';
  const algorithm = rsa ? ALGORITHMS.rsa : ALGORITHMS.ec;
  const name = encodeTlv(
    SEQUENCE,
    encodeTlv(SET, encodeTlv(SEQUENCE, COMMON_NAME, encodeTlv('0c', Buffer.from(commonName)))),
  );
  const usage = DIGITAL_SIGNATURE | (rsa ? KEY_ENCIPHERMENT : KEY_AGREEMENT);
  const serial = randomBytes(8);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const body = encodeTlv(
    SEQUENCE,
    encodeTlv('a0', Buffer.from('020102', 'hex')),
    encodeTlv('02', serial),
    algorithm,
    name,
    encodeTlv(SEQUENCE, time('20250101000000Z'), time('20991231235959Z')),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    encodeTlv('a3', encodeTlv(SEQUENCE, encodeTlv(SEQUENCE, KEY_USAGE, octets(bits(usage))))),
  );
  return encodeTlv(SEQUENCE, body, algorithm, bits(sign('sha256', body, key)));
}

function time(text: string): Buffer {
  return encodeTlv('18', Buffer.from(text));
}

function octets(value: Buffer): Buffer {
  return encodeTlv('04', value);
}

function bits(value: Buffer | number): Buffer {
  const bytes = typeof value === 'number' ? Buffer.of(value) : value;
  // DER has the unused bits of a named bit list cut off.
  const unused = typeof value === 'number' ? 31 - Math.clz32(value & -value) : 0;
  return encodeTlv('03', Buffer.of(unused), bytes);
}
