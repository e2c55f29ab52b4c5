import { HoldfastError, throwIfCancelled, type Secret } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type {
  KeyDetails,
  PinRequest,
  PinSource,
  RequestOptions,
  SlotInfo,
  TokenInfo,
  TokenModule,
  TokenPlace,
} from '../ports.ts';
import type { TokenFolder } from '../records/token-folder.ts';
import { Attempts } from './attempts.ts';
import {
  assertMayTry,
  assertPlausible,
  assertTakesPins,
  triesLeft,
  type PinOffer,
} from './pin-policy.ts';

type TokenSlot = SlotInfo & { readonly token: TokenInfo };
type KeyName = Pick<KeyDetails, 'label' | 'id'>;

export interface UseOptions extends RequestOptions {
  /** The key wants the PIN at every use (CKA_ALWAYS_AUTHENTICATE), logged in or not. */
  readonly everyUse?: boolean | undefined;
}

/**
 * The one way to a login. It asks for a PIN only when one is needed, tries it once, and never when the token
 * or what is remembered of earlier runs speaks against it. A try is on disk before the token gets the PIN.
 *
 * Throws PIN_NEEDED, PIN_INVALID, PIN_REFUSED, PIN_LAST_TRY, PIN_LOCKED and PIN_EXPIRED without spending a
 * try, PIN_INCORRECT having spent one; TOKEN_REMOVED when another token is in the slot, TOKEN_BUSY,
 * STATE_INVALID when the try could not be recorded, and what the module and the PIN source throw.
 */
export interface PinGuard {
  /** Logs in, unless that was done before or is not required. `key` is what the PIN is asked for. */
  login(
    module: TokenModule,
    slot: TokenSlot,
    key: KeyName | null,
    options?: RequestOptions,
  ): Promise<void>;
  /**
   * Logs in likewise and runs `operation`, which gets the PIN when the key wants it at every use, else `null`;
   * it may give that PIN to the token once, and to nobody else. The PIN is wiped afterwards.
   */
  use<Result>(
    module: TokenModule,
    slot: TokenSlot,
    key: KeyName | null,
    operation: (pin: Secret | null) => Promise<Result>,
    options?: UseOptions,
  ): Promise<Result>;
}

/** After these from a login no PIN was tried, or it was not the PIN that was wrong. */
const LOGIN_UNTRIED = [
  'PIN_INVALID',
  'PIN_LOCKED',
  'PIN_EXPIRED',
  'TOKEN_BUSY',
  'TOKEN_SUPPORT_MISSING',
  'MODULE_MISSING',
  'MODULE_INVALID',
];

/** The same from an operation, which fails for more reasons. */
const OPERATION_UNTRIED = [
  ...LOGIN_UNTRIED,
  'PIN_NEEDED',
  'TOKEN_FAILED',
  'KEY_UNUSABLE',
  'KEY_NOT_FOUND',
  'KEY_AMBIGUOUS',
];

/** A person has to know which token it was. */
function inWords(cause: unknown, { label, serial }: TokenInfo): unknown {
  if (!(cause instanceof HoldfastError) || cause.code !== 'PIN_INCORRECT') return cause;
  const message = `the PIN is not that of the token "${label}" (serial ${serial})`;
  return tokenError('PIN_INCORRECT', message, { cause });
}

/** `folder` holds what is remembered between runs. */
export function openPinGuard({
  pins,
  ...folder
}: TokenFolder & { readonly pins: PinSource }): PinGuard {
  const attempts = new Attempts(folder);

  async function use<Result>(
    module: TokenModule,
    slot: TokenSlot,
    key: KeyName | null,
    operation: (pin: Secret | null) => Promise<Result>,
    { everyUse = false, signal }: UseOptions = {},
  ): Promise<Result> {
    const place = placeOf(slot);
    const { token } = slot;
    const loggedIn = !token.loginRequired || (await module.isLoggedIn(place, { signal }));
    if (loggedIn && !everyUse) return await operation(null);

    const offer = await askForPin(pins, token, key, await attempts.failures(token), signal);
    using pin = offer.pin;
    async function assertAllowed(failures: number): Promise<void> {
      // Much may have happened while a person typed.
      assertMayTry(await tokenIn(module, place, signal), failures, offer);
    }
    async function tryPin<Value>(
      spend: () => Promise<Value>,
      untried: readonly string[],
    ): Promise<Value> {
      await using attempt = await attempts.openAttempt(token, assertAllowed, { signal });
      try {
        const value = await spend();
        await attempt.succeeded();
        return value;
      } catch (error) {
        if (error instanceof HoldfastError && untried.includes((error as HoldfastError).code)) {
          await attempt.untried();
        }
        throw inWords(error, token);
      }
    }
    async function logIn(): Promise<boolean> {
      // Another request may have done so meanwhile, and has then not proven this PIN.
      if (await module.isLoggedIn(place, { signal })) return false;
      await module.login(place, pin, { signal });
      return true;
    }
    const proven = !loggedIn && (await tryPin(logIn, LOGIN_UNTRIED));
    if (!everyUse) return await operation(null);
    if (proven) return await operation(pin);
    return await tryPin(async () => await operation(pin), OPERATION_UNTRIED);
  }

  return {
    use,
    login: async (module, slot, key, options) => {
      await use(module, slot, key, async () => undefined, { signal: options?.signal });
    },
  };
}

/** Gets a PIN and, before the last try, a person's word. Throws when it need not even be tried. */
async function askForPin(
  pins: PinSource,
  token: TokenInfo,
  key: KeyName | null,
  failures: number,
  signal: AbortSignal | undefined,
): Promise<PinOffer & { readonly pin: Secret }> {
  assertTakesPins(token);
  throwIfCancelled(signal);
  const { label, serial, model, pinPad } = token;
  const tries = triesLeft(token, failures);
  const request: PinRequest = {
    token: { label, serial, model, pinPad },
    key: key === null ? null : { label: key.label, id: key.id },
    tries,
  };
  const given = await pins.pin(request);
  if (given === null) {
    throw tokenError('PIN_NEEDED', `the token "${label}" needs its PIN, and there is none`);
  }
  const { pin, typed } = given;
  try {
    assertPlausible(token, pin.bytes);
    const confirmed = tries === 'last' && typed && (await pins.confirmLastTry(request));
    const offer = { pin, typed, confirmed };
    assertMayTry(token, failures, offer);
    return offer;
  } catch (error) {
    pin[Symbol.dispose]();
    throw error;
  }
}

/** What the token says now. Throws TOKEN_REMOVED when it is not there any more. */
async function tokenIn(
  module: TokenModule,
  place: TokenPlace,
  signal: AbortSignal | undefined,
): Promise<TokenInfo> {
  const slots = await module.slots({ signal });
  const token = slots.find(({ id }) => id === place.slot)?.token ?? null;
  if (token?.label !== place.label || token.serial !== place.serial) {
    throw tokenError('TOKEN_REMOVED', `the token "${place.label}" is not there any more`);
  }
  return token;
}

function placeOf({ id, token }: TokenSlot): TokenPlace {
  return { slot: id, label: token.label, serial: token.serial };
}
