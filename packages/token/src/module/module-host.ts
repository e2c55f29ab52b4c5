import { HoldfastError } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { ModuleSetting, TokenPlace } from '../ports.ts';
import { CkrError, fromCkr, SESSION_ENDING } from './ckr-error.ts';
import { handleFromText } from './cryptoki-call.ts';
import { CKU } from './cryptoki-constants.ts';
import { Cryptoki } from './cryptoki.ts';
import { generate } from './generate.ts';
import { agree, decrypt, mac } from './operations.ts';
import { pinText } from './pin-text.ts';
import { readObjects } from './read-objects.ts';
import { readLibrary, readMechanisms, readSlots } from './read-slots.ts';
import type { Reply, RequestMessage, RequestName, Requests } from './requests.ts';
import { TokenSession } from './token-session.ts';

/** What the process around a module does: one request after another, each to its end. */
export class ModuleHost {
  readonly #sessions = new Map<string, TokenSession>();
  #cryptoki: Cryptoki | null = null;

  /** Never throws. */
  answer(request: RequestMessage): Reply {
    const { id } = request;
    try {
      return { id, output: this.#serve(request) };
    } catch (error) {
      const { code, message } = this.#typed(error, request);
      return { id, failure: { code, message } };
    }
  }

  #serve({ name, input }: RequestMessage): Requests[RequestName]['output'] {
    switch (name) {
      case 'load':
        return this.#load(input);
      case 'info':
        return readLibrary(this.#loaded());
      case 'slots':
        return readSlots(this.#loaded());
      case 'mechanisms':
        return readMechanisms(this.#loaded(), slotHandle(input.slot));
      case 'objects': {
        const session = this.#checked(input.token);
        return readObjects(session.cryptoki, session.handle);
      }
      case 'isLoggedIn':
        return this.#checked(input.token).isLoggedIn();
      case 'login':
        return this.#login(input);
      case 'agree':
        return agree(this.#session(input.key.token), input);
      case 'decrypt':
        return decrypt(this.#session(input.key.token), input);
      case 'mac':
        return mac(this.#session(input.key.token), input);
      case 'generate':
        generate(this.#checked(input.token), input.key);
        return null;
      case 'end':
        return this.#end();
    }
  }

  #load({ path, initArgs }: ModuleSetting): null {
    this.#cryptoki = Cryptoki.load(path, initArgs);
    return null;
  }

  #loaded(): Cryptoki {
    if (this.#cryptoki === null) throw tokenError('MODULE_FAILED', 'the module is not loaded');
    return this.#cryptoki;
  }

  #login({ token, pin }: Requests['login']['input']): null {
    const text = pinText(pin);
    const session = this.#checked(token);
    try {
      session.cryptoki.login(session.handle, CKU.USER, text);
    } catch (error) {
      if (!(error instanceof CkrError)) throw error;
      if (error.ckr !== 'CKR_USER_ALREADY_LOGGED_IN') throw error;
    }
    session.forgetKeys();
    return null;
  }

  #end(): null {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
    this.#cryptoki?.finalize();
    this.#cryptoki = null;
    return null;
  }

  /** The session with a token; it ends with the token's presence, so that a token is compared once. */
  #session(place: TokenPlace): TokenSession {
    const open = this.#sessions.get(place.slot);
    if (open !== undefined) {
      if (open.place.label === place.label && open.place.serial === place.serial) return open;
      this.#drop(place.slot);
    }
    const session = new TokenSession(this.#loaded(), place);
    this.#sessions.set(place.slot, session);
    return session;
  }

  /** The same, compared now: another token may be there, and the session may have ended with the former one. */
  #checked(place: TokenPlace): TokenSession {
    const known = this.#sessions.has(place.slot);
    const session = this.#session(place);
    if (!known) return session;
    try {
      session.check();
      session.isLoggedIn();
      return session;
    } catch (error) {
      if (!(error instanceof CkrError) && !(error instanceof HoldfastError)) throw error;
      this.#drop(place.slot);
      return this.#session(place);
    }
  }

  #drop(slot: string): void {
    this.#sessions.get(slot)?.close();
    this.#sessions.delete(slot);
  }

  #typed(error: unknown, { name, input }: RequestMessage): ReturnType<typeof fromCkr> {
    const slot = slotOf(input);
    if (error instanceof CkrError) {
      if (error.ckr === 'CKR_CRYPTOKI_NOT_INITIALIZED') this.#startAgain();
      if (slot !== null) this.#afterFailure(slot, error);
      return fromCkr(error, slot === null ? 'MODULE_FAILED' : 'TOKEN_FAILED');
    }
    if (error instanceof HoldfastError) {
      if (slot !== null && error.code === 'TOKEN_REMOVED') this.#drop(slot);
      return error as ReturnType<typeof fromCkr>;
    }
    // A mistake of ours: its text may hold anything.
    return tokenError('MODULE_FAILED', `the request "${name}" cannot be made`);
  }

  /** Some modules give up on their own; the request that found out fails, the next one may work. */
  #startAgain(): void {
    this.#sessions.clear();
    try {
      this.#cryptoki?.initialize();
    } catch (error) {
      if (!(error instanceof CkrError)) throw error;
    }
  }

  #afterFailure(slot: string, error: CkrError): void {
    if (SESSION_ENDING.has(error.ckr)) this.#drop(slot);
    else {
      this.#sessions.get(slot)?.forgetKeys();
      if (error.ckr === 'CKR_OPERATION_ACTIVE') this.#sessions.get(slot)?.abandonOperation();
    }
  }
}

function slotOf(input: RequestMessage['input']): string | null {
  if (input === null || 'path' in input) return null;
  if ('slot' in input) return input.slot;
  if ('token' in input) return input.token.slot;
  return input.key.token.slot;
}

function slotHandle(slot: string): Buffer {
  const handle = handleFromText(slot);
  if (handle === null) throw tokenError('TOKEN_REMOVED', 'there is no such slot');
  return handle;
}
