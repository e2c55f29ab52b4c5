import type { CustodyClaims, KeyObject } from '../ports.ts';
import { CkrError } from './ckr-error.ts';
import { readUlong, type Handle } from './cryptoki-call.ts';
import { CKA, CKK, CKO } from './cryptoki-constants.ts';
import type { Cryptoki } from './cryptoki.ts';
import {
  certifiedKey,
  curveBits,
  ecPublicKey,
  rsaPublicKey,
  type PublicKey,
} from './public-key.ts';

const CLASSES = {
  public: CKO.PUBLIC_KEY,
  private: CKO.PRIVATE_KEY,
  secret: CKO.SECRET_KEY,
  certificate: CKO.CERTIFICATE,
} as const;

const TYPES: ReadonlyMap<bigint, KeyObject['type']> = new Map([
  [BigInt(CKK.RSA), 'rsa'],
  [BigInt(CKK.EC), 'ec'],
  [BigInt(CKK.AES), 'aes'],
  [BigInt(CKK.GENERIC_SECRET), 'generic'],
  [BigInt(CKK.SHA256_HMAC), 'generic'],
]);

const NO_USAGE: KeyObject['usage'] = { decrypt: null, derive: null, sign: null };
const NO_CLAIMS: CustodyClaims = {
  sensitive: null,
  alwaysSensitive: null,
  extractable: null,
  neverExtractable: null,
  local: null,
};

/** The key objects and certificates that this session sees. Attributes are read one by one: one that is missing fails them all. */
export function readObjects(cryptoki: Cryptoki, session: Handle): KeyObject[] {
  const names = Object.keys(CLASSES) as KeyObject['class'][];
  return names.flatMap((name) =>
    cryptoki
      .find(session, [{ type: CKA.CLASS, value: CLASSES[name] }])
      .flatMap((object) => readObject(new Reader(cryptoki, session, object), name)),
  );
}

function readObject(object: Reader, name: KeyObject['class']): KeyObject[] {
  try {
    const common = { class: name, label: object.text(CKA.LABEL), id: object.hex(CKA.ID) };
    if (name === 'certificate') return [{ ...common, ...readCertificate(object) }];
    const type = TYPES.get(object.ulong(CKA.KEY_TYPE) ?? -1n) ?? 'other';
    // An RSA private key bears its public half; an EC one does not.
    const halves = name === 'public' || (name === 'private' && type === 'rsa');
    const key = halves ? readPublicKey(object, type) : null;
    return [
      {
        ...common,
        type,
        bits: key?.bits ?? readBits(object, type),
        publicKey: key?.spki ?? null,
        usage: {
          decrypt: object.boolean(CKA.DECRYPT),
          derive: object.boolean(CKA.DERIVE),
          sign: object.boolean(CKA.SIGN),
        },
        alwaysAuthenticate: object.boolean(CKA.ALWAYS_AUTHENTICATE) ?? false,
        claims: name === 'public' ? NO_CLAIMS : readClaims(object),
      },
    ];
  } catch (error) {
    // It was deleted meanwhile.
    if (error instanceof CkrError && error.ckr === 'CKR_OBJECT_HANDLE_INVALID') return [];
    throw error;
  }
}

function readCertificate(object: Reader): Omit<KeyObject, 'class' | 'label' | 'id'> {
  const value = object.bytes(CKA.VALUE);
  const key = value === null ? null : certifiedKey(value);
  return {
    type: key?.type ?? 'other',
    bits: key?.bits ?? null,
    publicKey: key?.spki ?? null,
    usage: NO_USAGE,
    alwaysAuthenticate: false,
    claims: NO_CLAIMS,
  };
}

function readPublicKey(object: Reader, type: KeyObject['type']): PublicKey | null {
  const pair =
    type === 'rsa'
      ? ([CKA.MODULUS, CKA.PUBLIC_EXPONENT] as const)
      : type === 'ec'
        ? ([CKA.EC_PARAMS, CKA.EC_POINT] as const)
        : null;
  if (pair === null) return null;
  const first = object.bytes(pair[0]);
  const second = object.bytes(pair[1]);
  if (first === null || second === null) return null;
  return type === 'rsa' ? rsaPublicKey(first, second) : ecPublicKey(first, second);
}

function readBits(object: Reader, type: KeyObject['type']): number | null {
  if (type === 'rsa') {
    const modulus = object.bytes(CKA.MODULUS);
    const first = modulus?.findIndex((byte) => byte !== 0) ?? -1;
    if (modulus === null || first === -1) return null;
    return (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
  }
  if (type === 'ec') return curveBits(object.bytes(CKA.EC_PARAMS));
  if (type === 'other') return null;
  const length = object.ulong(CKA.VALUE_LEN);
  return length === null || length > 65_536n ? null : Number(length) * 8;
}

function readClaims(object: Reader): CustodyClaims {
  return {
    sensitive: object.boolean(CKA.SENSITIVE),
    alwaysSensitive: object.boolean(CKA.ALWAYS_SENSITIVE),
    extractable: object.boolean(CKA.EXTRACTABLE),
    neverExtractable: object.boolean(CKA.NEVER_EXTRACTABLE),
    local: object.boolean(CKA.LOCAL),
  };
}

/** The attributes of one object. */
export class Reader {
  readonly #read: (type: number) => Buffer | null;

  constructor(cryptoki: Cryptoki, session: Handle, object: Handle) {
    this.#read = (type) => cryptoki.attribute(session, object, type);
  }

  bytes(type: number): Buffer | null {
    return this.#read(type);
  }

  hex(type: number): string {
    return this.#read(type)?.toString('hex') ?? '';
  }

  /** Some modules count a zero byte at the end. */
  text(type: number): string {
    return this.#read(type)?.toString('utf8').replace(/\0+$/, '') ?? '';
  }

  ulong(type: number): bigint | null {
    const bytes = this.#read(type);
    return bytes === null ? null : readUlong(bytes);
  }

  boolean(type: number): boolean | null {
    const bytes = this.#read(type);
    return bytes?.length === 1 ? bytes[0] !== 0 : null;
  }
}
