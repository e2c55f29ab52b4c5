import { createPublicKey, ECDH, type KeyObject as NodeKey, X509Certificate } from 'node:crypto';

/** A public key out of what a token says; all of this may be nonsense, and is `null` then. */
export interface PublicKey {
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly type: 'ec' | 'rsa' | 'other';
  readonly bits: number | null;
}

/** OID 1.2.840.10045.2.1, id-ecPublicKey. */
const EC_PUBLIC_KEY = Buffer.from('06072a8648ce3d0201', 'hex');

const CURVE_BITS: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp224r1: 224,
  brainpoolP256r1: 256,
  brainpoolP384r1: 384,
  brainpoolP512r1: 512,
};

/** CKA_EC_PARAMS, for a private key that shows no point. */
const CURVE_OIDS: Readonly<Record<string, number>> = {
  '06082a8648ce3d030107': 256,
  '06052b8104000a': 256,
  '06052b81040022': 384,
  '06052b81040023': 521,
};

export function curveBits(params: Uint8Array | null): number | null {
  if (params === null) return null;
  return CURVE_OIDS[Buffer.from(params).toString('hex')] ?? null;
}

export function rsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): PublicKey | null {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  return describe(() =>
    createPublicKey({
      key: { kty: 'RSA', n: base64(modulus), e: base64(exponent) },
      format: 'jwk',
    }),
  );
}

/** `point` is a DER OCTET STRING as the standard has it, or bare as some modules have it. */
export function ecPublicKey(params: Uint8Array, point: Uint8Array): PublicKey | null {
  return describe(() => {
    const bare = barePoint(point);
    const key = ecKey(params, bare);
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (bare[0] === 0x04 || curve === undefined) return key;
    // One key must have one SubjectPublicKeyInfo, however its token likes to write points.
    return ecKey(params, ECDH.convertKey(bare, curve) as Buffer);
  });
}

function ecKey(params: Uint8Array, point: Uint8Array): NodeKey {
  const bits = tlv(0x03, Buffer.concat([Buffer.from([0]), point]));
  const algorithm = tlv(0x30, Buffer.concat([EC_PUBLIC_KEY, params]));
  const der = tlv(0x30, Buffer.concat([algorithm, bits]));
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

export function certifiedKey(certificate: Uint8Array): PublicKey | null {
  return describe(() => new X509Certificate(certificate).publicKey);
}

function describe(read: () => NodeKey): PublicKey | null {
  try {
    const key = read();
    const spki = new Uint8Array(key.export({ type: 'spki', format: 'der' }));
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === 'rsa') return { spki, type: 'rsa', bits: modulusLength ?? null };
    if (key.asymmetricKeyType !== 'ec') return { spki, type: 'other', bits: null };
    return { spki, type: 'ec', bits: CURVE_BITS[namedCurve ?? ''] ?? null };
  } catch {
    return null;
  }
}

function barePoint(point: Uint8Array): Uint8Array {
  // 04 || X || Y has an odd length; in DER, 04 is followed by the length of the rest.
  const [tag, first, second] = point;
  if (tag === 0x04 && first === point.length - 2) return point.subarray(2);
  if (tag === 0x04 && first === 0x81 && second === point.length - 3) return point.subarray(3);
  if (tag === 0x03 && first === point.length - 2 && second === 0) return point.subarray(3);
  return point;
}

function tlv(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
