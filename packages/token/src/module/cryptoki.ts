import type * as Driver from 'pkcs11js';
import { tokenError } from '../errors.ts';
import {
  checkBytes,
  checkHandle,
  checkNumber,
  checkOperation,
  checkTemplate,
  type Attribute,
  type Handle,
  type Mechanism,
} from './cryptoki-call.ts';
import { few, isHidden } from './bounded-answer.ts';
import { CKF } from './cryptoki-constants.ts';
import { CkrError } from './ckr-error.ts';
import { requireDriver } from './driver.ts';

/** How many objects are fetched with one call. */
const AT_ONCE = 64;

/** One loaded module, its calls checked before and after. Every failure of the module is a {@link CkrError}. */
export class Cryptoki {
  readonly #driver: Driver.PKCS11;
  readonly #initArgs: string | undefined;

  private constructor(driver: Driver.PKCS11, initArgs: string | undefined) {
    this.#driver = driver;
    this.#initArgs = initArgs;
  }

  /** Loads and initializes. Throws TOKEN_SUPPORT_MISSING, MODULE_INVALID, MODULE_FAILED. */
  static load(path: string, initArgs: string | undefined): Cryptoki {
    const driver = requireDriver();
    const library = new driver.PKCS11();
    try {
      library.load(path);
    } catch (error) {
      throw tokenError('MODULE_INVALID', `${path} cannot be loaded: ${(error as Error).message}`);
    }
    const cryptoki = new Cryptoki(library, initArgs);
    try {
      cryptoki.initialize();
    } catch (error) {
      throw tokenError('MODULE_FAILED', `${path} did not start: ${(error as Error).message}`);
    }
    return cryptoki;
  }

  /** Also for a module that says it no longer is. */
  initialize(): void {
    const initArgs = this.#initArgs;
    // pkcs11js drops the last character of this text.
    const text = initArgs === undefined ? {} : { libraryParameters: `${initArgs}\0` };
    try {
      this.#call('C_Initialize', (p) => p.C_Initialize({ flags: CKF.OS_LOCKING_OK, ...text }));
    } catch (error) {
      if (!(error instanceof CkrError)) throw error;
      if (error.ckr === 'CKR_CRYPTOKI_ALREADY_INITIALIZED') return;
      if (error.ckr !== 'CKR_CANT_LOCK') throw error;
      this.#call('C_Initialize', (p) => p.C_Initialize({ flags: 0, ...text }));
    }
  }

  finalize(): void {
    this.#call('C_Finalize', (p) => p.C_Finalize());
  }

  info(): Driver.ModuleInfo {
    return this.#call('C_GetInfo', (p) => p.C_GetInfo());
  }

  slots(): Handle[] {
    const name = 'C_GetSlotList';
    return few(
      name,
      this.#call(name, (p) => p.C_GetSlotList(false)),
    );
  }

  slotInfo(slot: Handle): Driver.SlotInfo {
    checkHandle(slot);
    return this.#call('C_GetSlotInfo', (p) => p.C_GetSlotInfo(slot));
  }

  tokenInfo(slot: Handle): Driver.TokenInfo {
    checkHandle(slot);
    return this.#call('C_GetTokenInfo', (p) => p.C_GetTokenInfo(slot));
  }

  mechanisms(slot: Handle): number[] {
    checkHandle(slot);
    const name = 'C_GetMechanismList';
    return few(
      name,
      this.#call(name, (p) => p.C_GetMechanismList(slot)),
    );
  }

  mechanismInfo(slot: Handle, mechanism: number): Driver.MechanismInfo {
    checkHandle(slot);
    checkNumber(mechanism);
    return this.#call('C_GetMechanismInfo', (p) => p.C_GetMechanismInfo(slot, mechanism));
  }

  openSession(slot: Handle, writable: boolean): Handle {
    checkHandle(slot);
    const flags = CKF.SERIAL_SESSION | (writable ? CKF.RW_SESSION : 0);
    return this.#call('C_OpenSession', (p) => p.C_OpenSession(slot, flags));
  }

  closeSession(session: Handle): void {
    checkHandle(session);
    this.#call('C_CloseSession', (p) => p.C_CloseSession(session));
  }

  sessionState(session: Handle): number {
    checkHandle(session);
    return this.#call('C_GetSessionInfo', (p) => p.C_GetSessionInfo(session).state);
  }

  login(session: Handle, user: number, pin: string): void {
    checkHandle(session);
    if (typeof pin !== 'string' || pin === '') throw new TypeError('not a PIN');
    this.#call('C_Login', (p) => p.C_Login(session, user, pin));
  }

  find(session: Handle, template: readonly Attribute[]): Handle[] {
    checkHandle(session);
    checkTemplate(template);
    const found: Handle[] = [];
    const name = 'C_FindObjects';
    this.#call('C_FindObjectsInit', (p) => p.C_FindObjectsInit(session, [...template]));
    try {
      for (;;) {
        const some = this.#call(name, (p) => p.C_FindObjects(session, AT_ONCE));
        if (some.length > AT_ONCE) throw new CkrError(name, 'more objects than it was asked for');
        found.push(...some);
        few(name, found);
        if (some.length === 0) break;
      }
    } catch (error) {
      this.#endSearch(session);
      throw error;
    }
    this.#call('C_FindObjectsFinal', (p) => p.C_FindObjectsFinal(session));
    return found;
  }

  /** A search that failed would stay open; whether this works is of no matter. */
  #endSearch(session: Handle): void {
    try {
      this.#call('C_FindObjectsFinal', (p) => p.C_FindObjectsFinal(session));
    } catch (error) {
      if (!(error instanceof CkrError)) throw error;
    }
  }

  /** One attribute; `null` when the object has none such or may not show it. */
  attribute(session: Handle, object: Handle, type: number): Buffer | null {
    checkHandle(session);
    checkHandle(object);
    checkNumber(type);
    const name = 'C_GetAttributeValue';
    try {
      const read = this.#call(name, (p) => p.C_GetAttributeValue(session, object, [{ type }]));
      return read[0]?.value ?? null;
    } catch (error) {
      if (isHidden(error)) return null;
      throw error;
    }
  }

  derive(
    session: Handle,
    mechanism: Mechanism,
    base: Handle,
    template: readonly Attribute[],
  ): Handle {
    checkOperation(mechanism, session, base);
    checkTemplate(template);
    return this.#call('C_DeriveKey', (p) =>
      p.C_DeriveKey(session, mechanism as Driver.Mechanism, base, [...template]),
    );
  }

  destroy(session: Handle, object: Handle): void {
    checkHandle(session);
    checkHandle(object);
    this.#call('C_DestroyObject', (p) => p.C_DestroyObject(session, object));
  }

  decryptInit(session: Handle, mechanism: Mechanism, key: Handle): void {
    checkOperation(mechanism, session, key);
    this.#call('C_DecryptInit', (p) =>
      p.C_DecryptInit(session, mechanism as Driver.Mechanism, key),
    );
  }

  /** A view of `into`. */
  decrypt(session: Handle, ciphertext: Buffer, into: Buffer): Buffer {
    checkHandle(session);
    checkBytes(ciphertext);
    checkBytes(into);
    return this.#call('C_Decrypt', (p) => p.C_Decrypt(session, ciphertext, into));
  }

  signInit(session: Handle, mechanism: Mechanism, key: Handle): void {
    checkOperation(mechanism, session, key);
    this.#call('C_SignInit', (p) => p.C_SignInit(session, mechanism as Driver.Mechanism, key));
  }

  /** A view of `into`. */
  sign(session: Handle, message: Buffer, into: Buffer): Buffer {
    checkHandle(session);
    checkBytes(message);
    checkBytes(into);
    return this.#call('C_Sign', (p) => p.C_Sign(session, message, into));
  }

  generateKey(session: Handle, mechanism: Mechanism, template: readonly Attribute[]): void {
    checkOperation(mechanism, session);
    checkTemplate(template);
    this.#call('C_GenerateKey', (p) =>
      p.C_GenerateKey(session, mechanism as Driver.Mechanism, [...template]),
    );
  }

  generateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    publicKey: readonly Attribute[],
    privateKey: readonly Attribute[],
  ): void {
    checkOperation(mechanism, session);
    checkTemplate(publicKey);
    checkTemplate(privateKey);
    this.#call('C_GenerateKeyPair', (p) =>
      p.C_GenerateKeyPair(session, mechanism as Driver.Mechanism, [...publicKey], [...privateKey]),
    );
  }

  #call<T>(name: string, call: (driver: Driver.PKCS11) => T): T {
    try {
      return call(this.#driver);
    } catch (error) {
      throw CkrError.from(name, error);
    }
  }
}
