import { tokenError } from '../errors.ts';
import type { KeyPlace, TokenPlace } from '../ports.ts';
import { CkrError } from './ckr-error.ts';
import { handleFromText, type Attribute, type Handle } from './cryptoki-call.ts';
import { CKA, CKO, CKS } from './cryptoki-constants.ts';
import type { Cryptoki } from './cryptoki.ts';
import { Reader } from './read-objects.ts';
import { readToken } from './read-slots.ts';

export interface FoundKey {
  readonly handle: Handle;
  readonly alwaysAuthenticate: boolean;
}

/** A read-only session with the one token that it was opened for. */
export class TokenSession {
  readonly place: TokenPlace;
  readonly cryptoki: Cryptoki;
  readonly #slot: Handle;
  readonly #keys = new Map<string, FoundKey>();
  #handle: Handle;
  #stale = false;

  /** Throws TOKEN_REMOVED when it is not that token which is there. */
  constructor(cryptoki: Cryptoki, place: TokenPlace) {
    const slot = handleFromText(place.slot);
    if (slot === null) throw tokenError('TOKEN_REMOVED', 'there is no such slot');
    this.cryptoki = cryptoki;
    this.place = place;
    this.#slot = slot;
    this.check();
    this.#handle = cryptoki.openSession(slot, false);
  }

  /** What an operation that failed left behind is gone with the session that it was begun in. */
  get handle(): Handle {
    if (this.#stale) {
      const old = this.#handle;
      // In this order: closing the last session of a token logs out.
      this.#handle = this.cryptoki.openSession(this.#slot, false);
      this.cryptoki.closeSession(old);
      this.#stale = false;
    }
    return this.#handle;
  }

  /** Throws TOKEN_REMOVED unless the token in the slot is still the same. */
  check(): void {
    const token = readToken(this.cryptoki, this.#slot);
    const { label, serial } = this.place;
    if (token === null) throw tokenError('TOKEN_REMOVED', `the token "${label}" was taken out`);
    if (token.label !== label || token.serial !== serial) {
      throw tokenError('TOKEN_REMOVED', `another token is where "${label}" was`);
    }
  }

  isLoggedIn(): boolean {
    const state = this.cryptoki.sessionState(this.handle);
    return state === CKS.RO_USER_FUNCTIONS || state === CKS.RW_USER_FUNCTIONS;
  }

  /** Its operation may still be active: the next use begins with another session. */
  abandonOperation(): void {
    this.#stale = true;
  }

  /** Handles that were found before a login, or that a module no longer knows, are not to be used. */
  forgetKeys(): void {
    this.#keys.clear();
  }

  /** Throws KEY_NOT_FOUND, KEY_AMBIGUOUS; PIN_NEEDED when it might show after a login. */
  key(place: KeyPlace): FoundKey {
    const name = `${place.class} ${place.id} ${place.label}`;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const session = this.handle;
    const found = this.matching(place.class, place.id).filter(
      (handle) => this.#read(handle).text(CKA.LABEL) === place.label,
    );
    const [handle] = found;
    if (handle === undefined) throw this.#missing(place);
    if (found.length > 1) {
      throw tokenError('KEY_AMBIGUOUS', `"${place.label}" names ${found.length} keys of the token`);
    }
    const read = new Reader(this.cryptoki, session, handle);
    const key = { handle, alwaysAuthenticate: read.boolean(CKA.ALWAYS_AUTHENTICATE) ?? false };
    this.#keys.set(name, key);
    return key;
  }

  /** The objects of a class that have an id. */
  matching(kind: 'private' | 'secret', id: string): Handle[] {
    const template: Attribute[] = [
      { type: CKA.CLASS, value: kind === 'private' ? CKO.PRIVATE_KEY : CKO.SECRET_KEY },
    ];
    const bytes = Buffer.from(id, 'hex');
    if (bytes.length > 0) template.push({ type: CKA.ID, value: bytes });
    return this.cryptoki
      .find(this.handle, template)
      .filter((object) => bytes.length > 0 || this.#read(object).hex(CKA.ID) === '');
  }

  labelled(kind: 'private' | 'secret', label: string): Handle[] {
    return this.cryptoki.find(this.handle, [
      { type: CKA.CLASS, value: kind === 'private' ? CKO.PRIVATE_KEY : CKO.SECRET_KEY },
      { type: CKA.LABEL, value: Buffer.from(label) },
    ]);
  }

  /** A second session, for what changes the token. Throws TOKEN_READ_ONLY. */
  withWriting(work: (session: Handle) => void): void {
    if (readToken(this.cryptoki, this.#slot)?.writeProtected === true) {
      throw tokenError('TOKEN_READ_ONLY', `the token "${this.place.label}" is write protected`);
    }
    const session = this.cryptoki.openSession(this.#slot, true);
    try {
      work(session);
    } finally {
      this.cryptoki.closeSession(session);
    }
  }

  /** Never throws: what it ends may be gone already. */
  close(): void {
    try {
      this.cryptoki.closeSession(this.#handle);
    } catch (error) {
      if (!(error instanceof CkrError)) throw error;
    }
  }

  #read(object: Handle): Reader {
    return new Reader(this.cryptoki, this.handle, object);
  }

  #missing(place: KeyPlace): Error {
    if (readToken(this.cryptoki, this.#slot)?.loginRequired === true && !this.isLoggedIn()) {
      return tokenError('PIN_NEEDED', `"${this.place.label}" shows its keys only after a login`);
    }
    return tokenError(
      'KEY_NOT_FOUND',
      `the token "${this.place.label}" has no key "${place.label}"`,
    );
  }
}
