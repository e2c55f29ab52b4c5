import type { LibraryInfo, MechanismInfo, SlotInfo, TokenInfo } from '../ports.ts';
import { CkrError } from './ckr-error.ts';
import { handleToText, type Handle } from './cryptoki-call.ts';
import { CKF, MECHANISM_FLAG, TOKEN_FLAG } from './cryptoki-constants.ts';
import { mechanismName } from './driver.ts';
import type { Cryptoki } from './cryptoki.ts';

const NO_TOKEN: ReadonlySet<string> = new Set([
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_DEVICE_REMOVED',
]);

export function readLibrary(cryptoki: Cryptoki): LibraryInfo {
  const { manufacturerID, libraryDescription, libraryVersion } = cryptoki.info();
  return {
    manufacturer: unpad(manufacturerID),
    description: unpad(libraryDescription),
    version: `${libraryVersion.major}.${libraryVersion.minor}`,
  };
}

export function readSlots(cryptoki: Cryptoki): SlotInfo[] {
  return cryptoki.slots().flatMap((slot) => {
    const read = readSlot(cryptoki, slot);
    return read === null ? [] : [read];
  });
}

/** `null` when the reader went away between the list and the question. */
function readSlot(cryptoki: Cryptoki, slot: Handle): SlotInfo | null {
  try {
    const { slotDescription, manufacturerID, flags } = cryptoki.slotInfo(slot);
    const present = (flags & CKF.TOKEN_PRESENT) !== 0;
    return {
      id: handleToText(slot),
      description: unpad(slotDescription),
      manufacturer: unpad(manufacturerID),
      token: present ? readToken(cryptoki, slot) : null,
    };
  } catch (error) {
    if (error instanceof CkrError && error.ckr === 'CKR_SLOT_ID_INVALID') return null;
    throw error;
  }
}

/** `null` when there is no token, or none that the module understands. */
export function readToken(cryptoki: Cryptoki, slot: Handle): TokenInfo | null {
  try {
    const info = cryptoki.tokenInfo(slot);
    const has = (flag: number): boolean => (info.flags & flag) !== 0;
    return {
      label: unpad(info.label),
      manufacturer: unpad(info.manufacturerID),
      model: unpad(info.model),
      serial: unpad(info.serialNumber),
      initialized: has(TOKEN_FLAG.TOKEN_INITIALIZED),
      writeProtected: has(TOKEN_FLAG.WRITE_PROTECTED),
      loginRequired: has(TOKEN_FLAG.LOGIN_REQUIRED),
      pinPad: has(TOKEN_FLAG.PROTECTED_AUTHENTICATION_PATH),
      pinSet: has(TOKEN_FLAG.USER_PIN_INITIALIZED),
      pinExpired: has(TOKEN_FLAG.USER_PIN_TO_BE_CHANGED),
      pinTries: has(TOKEN_FLAG.USER_PIN_LOCKED)
        ? 'locked'
        : has(TOKEN_FLAG.USER_PIN_FINAL_TRY)
          ? 'last'
          : has(TOKEN_FLAG.USER_PIN_COUNT_LOW)
            ? 'low'
            : 'full',
      pinLength: { min: pinLength(info.minPinLen), max: pinLength(info.maxPinLen) },
    };
  } catch (error) {
    if (error instanceof CkrError && NO_TOKEN.has(error.ckr)) return null;
    throw error;
  }
}

export function readMechanisms(cryptoki: Cryptoki, slot: Handle): MechanismInfo[] {
  return cryptoki.mechanisms(slot).map((code) => {
    const { flags, minKeySize, maxKeySize } = cryptoki.mechanismInfo(slot, code);
    return {
      name: mechanismName(code),
      code,
      flags: FLAG_NAMES.filter((name) => (flags & MECHANISM_FLAG[name]) !== 0),
      minKeySize,
      maxKeySize,
    };
  });
}

const FLAG_NAMES = Object.keys(MECHANISM_FLAG) as (keyof typeof MECHANISM_FLAG)[];

/** A module that does not say gives all ones, or nonsense. */
function pinLength(length: number): number {
  return Number.isInteger(length) && length >= 0 && length <= 4096 ? length : 0;
}

/** Texts of PKCS#11 structures are padded with blanks; some modules end them with a zero byte. */
function unpad(text: string): string {
  const end = text.indexOf('\0');
  return (end === -1 ? text : text.slice(0, end)).replace(/ +$/, '');
}
