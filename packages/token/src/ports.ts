import type { Identity, Recipient, Secret } from '@holdfast/age';

/** A PKCS#11 module, as the configuration or an option names it. */
export interface ModuleSetting {
  /** Path of the shared object. Whoever names it has it run: never take one from a file that is being opened. */
  readonly path: string;
  /** What goes into the reserved argument of C_Initialize; some modules need it. */
  readonly initArgs?: string | undefined;
}

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
  /** DER SubjectPublicKeyInfo of a public key or of what a certificate certifies; else `null`. */
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

/** The kinds of key that can hold a backup: EC P-256, RSA of 2048 to 4096 bits, AES or a generic secret. */
export type KeyAlgorithm = 'p256' | 'rsa' | 'aes' | 'hmac';

/** A key on a token as it is recorded, in a manifest or at enrolment. Public. */
export interface KeyDetails {
  readonly token: { readonly label: string; readonly serial: string };
  /** CKA_LABEL. */
  readonly label: string;
  /** CKA_ID in lower-case hexadecimal. */
  readonly id: string;
  readonly algorithm: KeyAlgorithm;
  /**
   * Lower-case hexadecimal: SHA-256 of the DER SubjectPublicKeyInfo; of a secret key, which has none, the
   * 16 bytes that tell it (docs/format.md, "The PRF stanza").
   */
  readonly fingerprint: string;
}

/** When a PIN is asked for, and what the person should know. */
export interface PinRequest {
  readonly token: Pick<TokenInfo, 'label' | 'serial' | 'model' | 'pinPad'>;
  /** The key that it is for; `null` when it is for the token as a whole. */
  readonly key: Pick<KeyDetails, 'label' | 'id'> | null;
  /** What is known of the tries left, from the token and from earlier runs. */
  readonly tries: 'full' | 'low' | 'last';
}

/** Where PINs come from. A wrong one is never asked for again by itself: whoever calls decides that. */
export interface PinSource {
  /** `typed`: a person has just typed it. The PIN is the caller's to dispose. `null`: there is none. */
  pin(request: PinRequest): Promise<{ readonly pin: Secret; readonly typed: boolean } | null>;
  /** Asks a person whether the last try may be spent. Without a person: `false`. */
  confirmLastTry(request: PinRequest): Promise<boolean>;
}

export interface TokenSettings {
  /** Those to use, and no others; with none, those found in their usual places. */
  readonly modules: readonly ModuleSetting[];
  /** Names for keys, as RFC 7512 URIs; enrolled ones are added from the folder. */
  readonly aliases: Readonly<Record<string, string>>;
  /** A folder of its own, mode 0700, for enrolments and for what is remembered of wrong PINs. Made when needed. */
  readonly folder: string;
  readonly pins: PinSource;
  /** Makes the folder, and says with what group and modes; core knows them. */
  readonly prepareFolder?:
    (() => Promise<{ readonly gid: number | null; readonly fileMode: number }>) | undefined;
}

/** A key that can be sealed to; its token need not be here. */
export interface SealingKey {
  readonly details: KeyDetails;
  /** What the token claimed when it was asked last; `null` when it never was with a login. */
  readonly claims: CustodyClaims | null;
  /** For a secret key, wrapping takes the token and its PIN. `toString()` is what `age -r` takes. */
  readonly recipient: Recipient & { toString(): string };
}

/** A key on a token that is here. */
export interface PresentKey extends SealingKey {
  readonly module: string;
  readonly slot: SlotInfo & { readonly token: TokenInfo };
  /** Opens age files with it. Asks for the PIN only after a stanza was found to be for this key. */
  readonly identity: Identity;
}

/** What is known of a token and a key to look for when opening; any part may be missing. */
export type WantedKey = KeyDetails | null;

/** One module of a listing; `error` instead of content when it could not be asked. */
export interface ModuleReport {
  readonly path: string;
  readonly library: LibraryInfo | null;
  readonly slots: readonly SlotInfo[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A key of a token in a listing. */
export interface KeyReport {
  readonly label: string;
  readonly id: string;
  readonly algorithm: KeyAlgorithm | null;
  readonly bits: number | null;
  readonly fingerprint: string | null;
  /** What `age -r` takes; `null` for a key that cannot serve or that only a login shows. */
  readonly recipient: string | null;
  /** The URI that names it. */
  readonly uri: string;
  /** `null` when it can serve, else why not, in words. */
  readonly unusable: string | null;
  readonly alwaysAuthenticate: boolean;
  /** Only after a login. */
  readonly claims: CustodyClaims | null;
  /** What its holder should think of: extractable, imported … in words. */
  readonly warnings: readonly string[];
}

export interface TokenReport {
  readonly module: string;
  readonly slot: string;
  readonly uri: string;
  readonly token: TokenInfo;
  readonly loggedIn: boolean;
  readonly mechanisms: readonly MechanismInfo[];
  readonly keys: readonly KeyReport[];
}

/** What was found out by wrapping and unwrapping for real. */
export interface KeyProof {
  readonly details: KeyDetails;
  /** The stanza that files for this key get: `p256tag`, `ssh-rsa`, `holdfast/rsa-kem-v1`, `holdfast/p11-prf-v1`. */
  readonly stanza: string;
  /** Each way that was tried, and whether it worked: "OAEP with SHA-256 on the token", "raw RSA" … */
  readonly tried: readonly { readonly way: string; readonly works: boolean }[];
  readonly alwaysAuthenticate: boolean;
  readonly claims: CustodyClaims;
  readonly warnings: readonly string[];
}

/** An enrolled token: the record in the folder. Holds nothing secret. */
export interface Enrolment extends KeyProof {
  readonly alias: string;
  readonly uri: string;
  /** DER SubjectPublicKeyInfo in base64; `null` for a secret key. */
  readonly publicKey: string | null;
  /** UTC, whole seconds. */
  readonly enrolled: string;
  readonly tested: string;
}

/** All tokens that can be reached from here. Loads no native code before it has to. */
export interface Tokens extends AsyncDisposable {
  list(options?: RequestOptions): Promise<readonly ModuleReport[]>;
  /** One token; `login` asks for its PIN to show what only a login shows. Throws TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS. */
  show(name: string, options?: RequestOptions & { readonly login?: boolean }): Promise<TokenReport>;
  /**
   * The key that an alias or URI names, on a token that is here. Spends no PIN. Throws TOKEN_NOT_FOUND,
   * TOKEN_AMBIGUOUS, KEY_NOT_FOUND, KEY_AMBIGUOUS, KEY_UNUSABLE, KEY_MISMATCH (not the key that was enrolled),
   * TOKEN_URI_INVALID, TOKEN_ALIAS_NOT_FOUND. A private key that only a login shows is looked for with one.
   */
  find(name: string, options?: RequestOptions): Promise<PresentKey>;
  /** The same, but an enrolled key needs no token to be here. */
  sealingKey(name: string, options?: RequestOptions): Promise<SealingKey>;
  /**
   * An identity that opens what was sealed to any key of any token here. It looks anew each time; resolves to
   * `null` when no stanza is for a key that is here. `wanted` chooses between twins, and lets a secret key be
   * found; a token that is the wanted one and has another key is KEY_MISMATCH. `only` is an alias or URI that
   * the user gave to narrow it.
   */
  identity(wanted: WantedKey, options?: { readonly only?: string | undefined }): Identity;
  /** Throws KEY_EXISTS, TOKEN_READ_ONLY. `name` is the URI of a token. Asks for its PIN. */
  generateKey(name: string, key: NewKey, options?: RequestOptions): Promise<PresentKey>;
  /** Proves a key by wrapping and unwrapping, and records it. Throws TOKEN_ALIAS_EXISTS, and what `find` throws. */
  enroll(
    alias: string,
    name: string,
    options?: RequestOptions & { readonly replace?: boolean },
  ): Promise<Enrolment>;
  /** Proves it again, touches no backup; an enrolled key must be the same as then. */
  test(name: string, options?: RequestOptions): Promise<KeyProof>;
  enrolments(): Promise<readonly Enrolment[]>;
  /** Removes a record. Throws TOKEN_ALIAS_NOT_FOUND. */
  forget(alias: string): Promise<void>;
  /** The identity line for age, `AGE-PLUGIN-HOLDFAST-1…`; not secret. */
  identityLine(name: string, options?: RequestOptions): Promise<string>;
  /** What an identity line, from a file that anyone may have written, names. Throws IDENTITY_INVALID. */
  fromIdentityLine(line: string): {
    readonly identity: Identity;
    readonly recipient: Recipient;
    readonly details: KeyDetails;
  };
  /** The recipient of a line `age1holdfast1…` or `age1tag1…`. Throws RECIPIENT_INVALID. */
  fromRecipientLine(line: string): Recipient;
}
