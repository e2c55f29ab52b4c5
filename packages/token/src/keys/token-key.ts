import type { Secret } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { PinGuard } from '../pin/pin-guard.ts';
import type {
  CustodyClaims,
  KeyObject,
  KeyPlace,
  MacMethod,
  MechanismInfo,
  RequestOptions,
  RsaMethod,
} from '../ports.ts';
import { hasCode } from './has-code.ts';
import { keyEntries, type KeyEntry } from './key-entries.ts';
import { fingerprintOf, isSecretKey, type KnownKey } from './known-key.ts';
import type { FoundToken } from './reach.ts';
import { Turns } from './turns.ts';
import { whyUnusable } from './usability.ts';

/** What a key is asked for, once all is ready. */
export interface KeyOperations {
  readonly agree: (point: Uint8Array) => Promise<Secret>;
  readonly decrypt: (method: RsaMethod, ciphertext: Uint8Array) => Promise<Secret>;
  readonly mac: (method: MacMethod, message: Uint8Array) => Promise<Secret>;
}

/** A key on a token that is here. It logs in when it is first used, and looks nothing up again after that. */
export class TokenKey {
  readonly found: FoundToken;
  readonly known: KnownKey;
  readonly #guard: PinGuard;
  readonly #turns = new Turns();
  #mechanisms: readonly MechanismInfo[] | null = null;
  #own: KeyObject | null;
  #ready = false;

  /** `entry` is what was seen of the key; without its own object only a login will show the key. */
  constructor(found: FoundToken, known: KnownKey, entry: KeyEntry | null, guard: PinGuard) {
    this.found = found;
    this.known = known;
    this.#own = entry?.own ?? null;
    this.#guard = guard;
  }

  /** What the token claims, as far as it was seen. */
  get claims(): CustodyClaims | null {
    return this.#own?.claims ?? null;
  }

  get alwaysAuthenticate(): boolean {
    return this.#own?.alwaysAuthenticate ?? false;
  }

  async mechanisms(options: RequestOptions): Promise<readonly MechanismInfo[]> {
    this.#mechanisms ??= await this.found.module.mechanisms(this.found.slot.id, options);
    return this.#mechanisms;
  }

  /** Whether using it now would take its PIN. */
  async needsPin(options: RequestOptions): Promise<boolean> {
    return this.alwaysAuthenticate || !(await this.#isOpen(options));
  }

  /**
   * May spend a try of the PIN, one at most. When the login was lost since the last use, it is made again, and
   * `work` begins anew. Throws KEY_MISMATCH, KEY_UNUSABLE, KEY_NOT_FOUND, what a login and a module throw.
   */
  async use<T>(work: (key: KeyOperations) => Promise<T>, options: RequestOptions = {}): Promise<T> {
    if (this.#ready) {
      try {
        return await work(this.#operations(this.#own, null, options));
      } catch (error) {
        if (!hasCode(error, 'PIN_NEEDED')) throw error;
        this.#ready = false;
      }
    }
    return await this.#turns.take(async () => await this.#logInAndUse(work, options));
  }

  async #logInAndUse<T>(
    work: (key: KeyOperations) => Promise<T>,
    options: RequestOptions,
  ): Promise<T> {
    // Whoever came before may have logged in.
    if (this.#ready) return await work(this.#operations(this.#own, null, options));
    if (this.#own === null && (await this.#isOpen(options)))
      this.#own = await this.#lookUp(options);
    const { module, slot } = this.found;
    return await this.#guard.use(
      module,
      slot,
      this.known.details,
      async (pin) => {
        this.#own ??= await this.#lookUp(options);
        const { alwaysAuthenticate } = this.#own;
        this.#ready = !alwaysAuthenticate;
        return await work(this.#operations(this.#own, alwaysAuthenticate ? pin : null, options));
      },
      // A key that was not seen yet may want the PIN that the login takes anyway.
      { signal: options.signal, everyUse: this.#own?.alwaysAuthenticate ?? true },
    );
  }

  #operations(
    own: KeyObject | null,
    pin: Secret | null,
    { signal }: RequestOptions,
  ): KeyOperations {
    const { module, place: token } = this.found;
    const { algorithm, id, label } = this.known.details;
    const kind = isSecretKey(algorithm) ? 'secret' : 'private';
    const place: KeyPlace = { token, class: kind, id: own?.id ?? id, label: own?.label ?? label };
    const options = pin === null ? { signal } : { signal, pin };
    return {
      agree: async (point) => await module.agree(place, point, options),
      decrypt: async (method, ciphertext) =>
        await module.decrypt(place, method, ciphertext, options),
      mac: async (method, message) => await module.mac(place, method, message, options),
    };
  }

  async #isOpen(options: RequestOptions): Promise<boolean> {
    const { module, place, slot } = this.found;
    return !slot.token.loginRequired || (await module.isLoggedIn(place, options));
  }

  /** The key among all that can be seen after the login. */
  async #lookUp(options: RequestOptions): Promise<KeyObject> {
    const { details, publicKey } = this.known;
    const objects = await this.found.module.objects(this.found.place, options);
    const kind = isSecretKey(details.algorithm) ? 'secret' : 'private';
    const near = keyEntries(objects, true).filter(
      (entry) => entry.class === kind && entry.id === details.id,
    );
    const labelled = near.filter((entry) => entry.label === details.label);
    const matching = labelled.length > 0 || details.id === '' ? labelled : near;
    const name = `"${details.label}"`;
    const [entry] = matching;
    const own = entry?.own ?? null;
    if (entry === undefined || own === null) {
      throw tokenError('KEY_NOT_FOUND', `the token "${details.token.label}" has no key ${name}`);
    }
    if (matching.length > 1) {
      throw tokenError('KEY_AMBIGUOUS', `${name} names ${matching.length} keys of the token`);
    }
    const fingerprint = publicKey === null ? details.fingerprint : fingerprintOf(publicKey);
    if (entry.publicKey !== null && fingerprintOf(entry.publicKey) !== fingerprint) {
      throw tokenError('KEY_MISMATCH', `the key ${name} of the token is another one`);
    }
    const why = whyUnusable(entry, null);
    if (why !== null) throw tokenError('KEY_UNUSABLE', `the key ${name} cannot serve: ${why}`);
    return own;
  }
}
