import { tokenError } from '../errors.ts';
import type { OaepHash } from '../ports.ts';
import { CkrError } from './ckr-error.ts';
import type { Attribute, Handle, Mechanism } from './cryptoki-call.ts';
import {
  CK_PARAMS,
  CKA,
  CKD_NULL,
  CKG,
  CKK,
  CKM,
  CKO,
  CKU,
  CKZ_DATA_SPECIFIED,
} from './cryptoki-constants.ts';
import { pinText } from './pin-text.ts';
import type { Requests } from './requests.ts';
import type { TokenSession } from './token-session.ts';

const FIELD = 32;
/** Of the longest modulus there is: a buffer that is too short leaves an operation open. */
const MODULUS = 2048;

/** What every module that derives takes: YKCS11 and YubiHSM refuse any other kind of result. */
const SHARED_SECRET: readonly Attribute[] = [
  { type: CKA.CLASS, value: CKO.SECRET_KEY },
  { type: CKA.KEY_TYPE, value: CKK.GENERIC_SECRET },
  { type: CKA.TOKEN, value: false },
  { type: CKA.SENSITIVE, value: false },
  { type: CKA.EXTRACTABLE, value: true },
  { type: CKA.VALUE_LEN, value: FIELD },
];

/** The x coordinate of the shared point. */
export function agree(
  session: TokenSession,
  { key: place, point, pin }: Requests['agree']['input'],
): Uint8Array {
  const { cryptoki } = session;
  const key = session.key(place);
  const bare = Buffer.from(point);
  const once = (): Handle => derive(session, key.handle, bare);
  let object: Handle;
  try {
    object = once();
  } catch (error) {
    if (!(error instanceof CkrError) || error.ckr !== 'CKR_USER_NOT_LOGGED_IN') throw error;
    if (!key.alwaysAuthenticate) throw error;
    // Deriving has no first step that a PIN could follow; some modules take it before.
    authenticate(session, pin);
    object = once();
  }
  try {
    const value = cryptoki.attribute(session.handle, object, CKA.VALUE);
    if (value === null) throw tokenError('TOKEN_FAILED', 'the token keeps what it derived');
    if (value.length === 0 || value.length > FIELD) {
      throw tokenError('TOKEN_FAILED', `the token derived ${value.length} bytes instead of 32`);
    }
    const x = new Uint8Array(FIELD);
    x.set(value, FIELD - value.length);
    value.fill(0);
    return x;
  } finally {
    cryptoki.destroy(session.handle, object);
  }
}

function derive(session: TokenSession, key: Handle, point: Buffer): Handle {
  const { cryptoki } = session;
  const mechanism = (publicData: Buffer): Mechanism => ({
    mechanism: CKM.ECDH1_DERIVE,
    parameter: { type: CK_PARAMS.EC_DH, kdf: CKD_NULL, publicData },
  });
  try {
    return cryptoki.derive(session.handle, mechanism(point), key, SHARED_SECRET);
  } catch (error) {
    // Modules must take the bare point; a few take only a DER OCTET STRING.
    if (!(error instanceof CkrError) || !POINT_REFUSED.has(error.ckr)) throw error;
    const der = Buffer.concat([Buffer.from([4, point.length]), point]);
    return cryptoki.derive(session.handle, mechanism(der), key, SHARED_SECRET);
  }
}

const POINT_REFUSED: ReadonlySet<string> = new Set([
  'CKR_MECHANISM_PARAM_INVALID',
  'CKR_ARGUMENTS_BAD',
]);

const HASHES: Readonly<Record<OaepHash, { hashAlg: number; mgf: number }>> = {
  sha1: { hashAlg: CKM.SHA_1, mgf: CKG.MGF1_SHA1 },
  sha256: { hashAlg: CKM.SHA256, mgf: CKG.MGF1_SHA256 },
};

export function decrypt(
  session: TokenSession,
  { key: place, method, ciphertext, pin }: Requests['decrypt']['input'],
): Uint8Array {
  const { cryptoki } = session;
  const key = session.key(place);
  const mechanism: Mechanism =
    method.kind === 'raw'
      ? { mechanism: CKM.RSA_X_509 }
      : {
          mechanism: CKM.RSA_PKCS_OAEP,
          parameter: {
            type: CK_PARAMS.RSA_OAEP,
            ...HASHES[method.hash],
            source: CKZ_DATA_SPECIFIED,
            ...(method.label === null ? {} : { sourceData: Buffer.from(method.label) }),
          },
        };
  const into = Buffer.alloc(MODULUS);
  try {
    cryptoki.decryptInit(session.handle, mechanism, key.handle);
    return finishing(session, () => {
      if (key.alwaysAuthenticate) authenticate(session, pin);
      const message = cryptoki.decrypt(session.handle, Buffer.from(ciphertext), into);
      if (message.length > ciphertext.length) {
        throw tokenError('TOKEN_FAILED', 'the token decrypted to more than there was');
      }
      if (method.kind === 'oaep') return new Uint8Array(message);
      const block = new Uint8Array(ciphertext.length);
      block.set(message, block.length - message.length);
      return block;
    });
  } finally {
    into.fill(0);
  }
}

const MACS = {
  'hmac-sha256': { mechanism: CKM.SHA256_HMAC, length: 32 },
  'aes-cmac': { mechanism: CKM.AES_CMAC, length: 16 },
} as const;

export function mac(
  session: TokenSession,
  { key: place, method, message, pin }: Requests['mac']['input'],
): Uint8Array {
  const { cryptoki } = session;
  const key = session.key(place);
  const { mechanism, length } = MACS[method];
  const into = Buffer.alloc(64);
  try {
    cryptoki.signInit(session.handle, { mechanism }, key.handle);
    return finishing(session, () => {
      if (key.alwaysAuthenticate) authenticate(session, pin);
      const code = cryptoki.sign(session.handle, Buffer.from(message), into);
      if (code.length !== length) {
        throw tokenError(
          'TOKEN_FAILED',
          `the token made a code of ${code.length} bytes instead of ${length}`,
        );
      }
      return new Uint8Array(code);
    });
  } finally {
    into.fill(0);
  }
}

/** An operation that was begun and did not end stays with its session, and blocks it. */
function finishing<T>(session: TokenSession, work: () => T): T {
  try {
    return work();
  } catch (error) {
    session.abandonOperation();
    throw error;
  }
}

/** Spends a try of the PIN. */
function authenticate(session: TokenSession, pin: Uint8Array | null): void {
  if (pin === null) throw tokenError('PIN_NEEDED', 'the key asks for the PIN at every use');
  session.cryptoki.login(session.handle, CKU.CONTEXT_SPECIFIC, pinText(pin));
}
