import type { Identity, Recipient, Secret } from '@holdfast/age';
import type {
  CustodyClaims,
  LibraryInfo,
  MechanismInfo,
  NewKey,
  RequestOptions,
  SlotInfo,
  TokenInfo,
} from './module-port.ts';

export type {
  CustodyClaims,
  KeyObject,
  KeyOptions,
  KeyPlace,
  LibraryInfo,
  MacMethod,
  MechanismInfo,
  NewKey,
  OaepHash,
  RequestOptions,
  RsaMethod,
  SlotInfo,
  TokenInfo,
  TokenModule,
  TokenPlace,
} from './module-port.ts';

/** A PKCS#11 module, as the configuration or an option names it. */
export interface ModuleSetting {
  /** Path of the shared object. Whoever names it has it run: never take one from a file that is being opened. */
  readonly path: string;
  /** What goes into the reserved argument of C_Initialize; some modules need it. */
  readonly initArgs?: string | undefined;
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
  /**
   * Has modules begin anew when they are asked next, which ends every login: some learn of tokens that are new
   * only then.
   */
  startAfresh(): Promise<void>;
  list(options?: RequestOptions): Promise<readonly ModuleReport[]>;
  /** One token; `login` asks for its PIN to show what only a login shows. Throws TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS. */
  show(name: string, options?: RequestOptions & { readonly login?: boolean }): Promise<TokenReport>;
  /**
   * The key that an alias or URI names, on a token that is here. Spends no PIN. Throws TOKEN_NOT_FOUND,
   * TOKEN_AMBIGUOUS, KEY_NOT_FOUND, KEY_AMBIGUOUS, KEY_UNUSABLE, KEY_MISMATCH (not the key that was enrolled),
   * TOKEN_URI_INVALID, TOKEN_ALIAS_NOT_FOUND. A private key that only a login shows is looked for with one,
   * and so is a secret key, whose fingerprint the token computes; unless its enrolment tells.
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
  /**
   * What an identity line, from a file that anyone may have written, names. Throws IDENTITY_INVALID. The identity
   * throws TOKEN_NOT_FOUND for a stanza of its key while the token is not here.
   */
  fromIdentityLine(line: string): {
    readonly identity: Identity;
    readonly recipient: Recipient;
    readonly details: KeyDetails;
  };
  /** The recipient of a line `age1holdfast1…` or `age1tag1…`. Throws RECIPIENT_INVALID. */
  fromRecipientLine(line: string): Recipient;
}
