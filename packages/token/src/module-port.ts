import type { Secret } from '@holdfast/age';

/** What a token says of itself (CK_TOKEN_INFO); texts without their padding. */
export interface TokenInfo {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly initialized: boolean;
  readonly writeProtected: boolean;
  readonly loginRequired: boolean;
  /** Its reader has a PIN pad. */
  readonly pinPad: boolean;
  readonly pinSet: boolean;
  readonly pinExpired: boolean;
  /** How many tries are left, as far as the token tells: `low` after a wrong one, `last` before it locks. */
  readonly pinTries: 'full' | 'low' | 'last' | 'locked';
  /** Bytes; 0 when the token does not say. */
  readonly pinLength: { readonly min: number; readonly max: number };
}

/** One slot of a module: a reader, or a partition of an HSM. */
export interface SlotInfo {
  /** CK_SLOT_ID in decimal. It may change from run to run. */
  readonly id: string;
  readonly description: string;
  readonly manufacturer: string;
  /** `null` while there is none in it. */
  readonly token: TokenInfo | null;
}

export interface LibraryInfo {
  readonly manufacturer: string;
  readonly description: string;
  /** As in "2.6". */
  readonly version: string;
}

export interface MechanismInfo {
  /** CKM_…, or 0x… in hexadecimal for one without a name. */
  readonly name: string;
  readonly code: number;
  readonly flags: readonly (
    'hw' | 'decrypt' | 'sign' | 'derive' | 'generate' | 'generate-pair' | 'unwrap'
  )[];
  readonly minKeySize: number;
  readonly maxKeySize: number;
}

/** A token in its slot. `serial` and `label` are checked before anything is asked of it. */
export interface TokenPlace {
  readonly slot: string;
  readonly label: string;
  readonly serial: string;
}

/** A key object as a module shows it; private ones mostly only after login. */
export interface KeyObject {
  readonly class: 'public' | 'private' | 'secret' | 'certificate';
  /** CKA_LABEL. */
  readonly label: string;
  /** CKA_ID in lower-case hexadecimal. */
  readonly id: string;
  readonly type: 'ec' | 'rsa' | 'aes' | 'generic' | 'other';
  /** Of the modulus, the curve or the key; `null` when the module does not say. */
  readonly bits: number | null;
  /** DER SubjectPublicKeyInfo of a public key, of an RSA private key, or of what a certificate certifies; else `null`. */
  readonly publicKey: Uint8Array | null;
  /** What its attributes allow; a missing attribute is `null`. */
  readonly usage: {
    readonly decrypt: boolean | null;
    readonly derive: boolean | null;
    readonly sign: boolean | null;
  };
  readonly alwaysAuthenticate: boolean;
  readonly claims: CustodyClaims;
}

/** What a token claims about a key; `null` where it says nothing. Only attestation could prove it. */
export interface CustodyClaims {
  readonly sensitive: boolean | null;
  readonly alwaysSensitive: boolean | null;
  readonly extractable: boolean | null;
  readonly neverExtractable: boolean | null;
  /** Made on the token, not imported. */
  readonly local: boolean | null;
}

/** A key to operate with. */
export interface KeyPlace {
  readonly token: TokenPlace;
  readonly class: 'private' | 'secret';
  readonly id: string;
  readonly label: string;
}

export type OaepHash = 'sha1' | 'sha256';

/** How RSA is asked of a token. `raw` is CKM_RSA_X_509: the whole block comes back, padding included. */
export type RsaMethod =
  | { readonly kind: 'oaep'; readonly hash: OaepHash; readonly label: Uint8Array | null }
  | { readonly kind: 'raw' };

export type MacMethod = 'hmac-sha256' | 'aes-cmac';

/** A key to make: never extractable, sensitive, on the token. */
export type NewKey = {
  readonly label: string;
  /** Hexadecimal. */
  readonly id: string;
} & (
  | { readonly kind: 'p256' }
  | { readonly kind: 'rsa'; readonly bits: 2048 | 3072 | 4096 }
  | { readonly kind: 'aes' }
  | { readonly kind: 'hmac' }
);

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What an operation with a key takes besides: the PIN, for a key that asks for it at every use. */
export interface KeyOptions extends RequestOptions {
  readonly pin?: Secret | undefined;
}

/**
 * A vendor module in a process of its own, which begins with the first request, ends after a while without
 * one, and is begun again when it has crashed, hung or been ended. Requests may be made at the same time;
 * the module sees them one after another.
 *
 * Everything throws TOKEN_SUPPORT_MISSING, MODULE_MISSING, MODULE_INVALID, MODULE_FAILED, MODULE_CRASHED,
 * MODULE_TIMEOUT or CANCELLED; what names a token, TOKEN_REMOVED, TOKEN_BUSY or TOKEN_FAILED too. After any
 * of these the next request starts afresh. Nothing is tried twice.
 */
export interface TokenModule extends AsyncDisposable {
  readonly path: string;
  /**
   * Ends its process, and every login with it, unless something is being asked: some modules learn of tokens that
   * are new only when they begin.
   */
  restart(): Promise<void>;
  info(options?: RequestOptions): Promise<LibraryInfo>;
  /** Asks anew each time: tokens come and go. */
  slots(options?: RequestOptions): Promise<readonly SlotInfo[]>;
  mechanisms(slot: string, options?: RequestOptions): Promise<readonly MechanismInfo[]>;
  /** What can be seen now: after a login more than before. */
  objects(token: TokenPlace, options?: RequestOptions): Promise<readonly KeyObject[]>;
  /** Whether this process is logged in to that very token: no PIN is needed then. */
  isLoggedIn(token: TokenPlace, options?: RequestOptions): Promise<boolean>;
  /**
   * Spends one try of the PIN, and nothing else does. `pin` stays the caller's. Throws PIN_INCORRECT,
   * PIN_LOCKED, PIN_EXPIRED, PIN_INVALID (nothing was tried: it is no text that PKCS#11 can take).
   */
  login(token: TokenPlace, pin: Secret, options?: RequestOptions): Promise<void>;
  /** The x coordinate of the shared point, 32 bytes, by CKM_ECDH1_DERIVE; `point` is uncompressed, of 65. */
  agree(key: KeyPlace, point: Uint8Array, options?: KeyOptions): Promise<Secret>;
  /** One RSA decryption. Throws TOKEN_FAILED when the token cannot do it this way, KEY_UNUSABLE when the key may not. */
  decrypt(
    key: KeyPlace,
    method: RsaMethod,
    ciphertext: Uint8Array,
    options?: KeyOptions,
  ): Promise<Secret>;
  /** A MAC over `message` with a secret key; 32 bytes for HMAC, 16 for CMAC. */
  mac(key: KeyPlace, method: MacMethod, message: Uint8Array, options?: KeyOptions): Promise<Secret>;
  /** Throws KEY_EXISTS when there is one of its class with this label or id, TOKEN_READ_ONLY. Needs a login. */
  generate(token: TokenPlace, key: NewKey, options?: RequestOptions): Promise<void>;
}
