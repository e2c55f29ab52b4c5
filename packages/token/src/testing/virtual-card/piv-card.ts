import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';

import { newCardKey, rawRsa, sharedX, type CardKeyKind } from './card-key.ts';
import { selfSigned } from './certificate.ts';
import { parseCommand, type Command } from './command.ts';
import {
  applicationTemplate,
  capabilityObject,
  CAPABILITY_TAG,
  certificateObject,
  CERTIFICATE_TAGS,
  discoveryObject,
  DISCOVERY_TAG,
  holderObject,
  HOLDER_TAG,
  type PivSlot,
} from './objects.ts';
import { decodeTlvs, encodeTlv } from './tlv.ts';

export interface PivCardOptions {
  /** What is in which slot; a key object makes a twin of another card. */
  readonly keys: Readonly<Partial<Record<PivSlot, CardKeyKind | KeyObject>>>;
  readonly pin?: string | undefined;
  /** The subject of its certificates, which OpenSC may show as the label of the token. */
  readonly holder?: string | undefined;
  /** For a reader that speaks T=0, as that of QEMU does: answers wait for GET RESPONSE. */
  readonly t0?: boolean | undefined;
}

const MOST_TRIES = 3;
const PIV_APPLICATION = 'a000000308';
const PIN_REFERENCE = 0x80;
const SW = {
  ok: 0x9000,
  more: 0x6100,
  triesLeft: 0x63c0,
  securityStatus: 0x6982,
  locked: 0x6983,
  wrongData: 0x6a80,
  notFound: 0x6a82,
  referenceNotFound: 0x6a88,
  instructionUnknown: 0x6d00,
} as const;

/**
 * A PIV smartcard in software: the card edge of SP 800-73-4, as far as OpenSC uses it to read certificates,
 * to verify the PIN and to decrypt. It locks after three wrong PINs, and 9C takes a PIN at every use.
 */
export class PivCard {
  readonly atr: Buffer;
  readonly pin: string;
  /** Of the 3 that a right PIN gives back; 0 when locked. */
  triesLeft = MOST_TRIES;
  /** VERIFY commands that brought a PIN, right or wrong. Those that only ask for the tries left do not count. */
  pinsVerified = 0;
  /** Operations with a private key that were carried out. */
  operations = 0;
  readonly #t0: boolean;
  readonly #keys = new Map<string, KeyObject>();
  readonly #objects = new Map<string, Buffer>();
  #selected = false;
  #verified = false;
  #justVerified = false;
  #chain: Buffer[] = [];
  #pending: Buffer = Buffer.alloc(0);

  constructor(options: PivCardOptions) {
    const { holder = 'Virtual holder', pin = '123456', t0 = false } = options;
    this.pin = pin;
    this.#t0 = t0;
    this.atr = Buffer.from(
      t0
        ? '3b7a180000' + Buffer.from('VirtualPIV').toString('hex')
        : '3bd518008131fe7d8073c82110f4',
      'hex',
    );
    for (const [slot, wanted] of Object.entries(options.keys) as [
      PivSlot,
      CardKeyKind | KeyObject,
    ][]) {
      const key = typeof wanted === 'string' ? newCardKey(wanted) : wanted;
      this.#keys.set(slot, key);
      this.#objects.set(CERTIFICATE_TAGS[slot], certificateObject(selfSigned(key, holder)));
    }
    const guid = randomBytes(16);
    this.#objects.set(HOLDER_TAG, holderObject(guid));
    this.#objects.set(CAPABILITY_TAG, capabilityObject(guid));
  }

  /** The private key of a slot, to make a twin of the card with. */
  key(slot: PivSlot): KeyObject {
    const key = this.#keys.get(slot);
    if (key === undefined) throw new RangeError(`there is no key in ${slot}`);
    return key;
  }

  /** DER SubjectPublicKeyInfo. */
  publicKey(slot: PivSlot): Buffer {
    return createPublicKey(this.key(slot)).export({ type: 'spki', format: 'der' });
  }

  /** What losing power does; tries stay as they are. */
  reset(): void {
    this.#selected = this.#verified = this.#justVerified = false;
    this.#chain = [];
    this.#pending = Buffer.alloc(0);
  }

  /** Answers one command APDU. */
  transmit(apdu: Uint8Array): Buffer {
    const command = parseCommand(Buffer.from(apdu));
    if (command.instruction === 0xc0) return this.#takePending(command.expected ?? 0x100);
    this.#chain.push(command.data);
    if (command.chained) return status(SW.ok);
    const data = Buffer.concat(this.#chain);
    this.#chain = [];
    const result = this.#obey({ ...command, data });
    return typeof result === 'number' ? status(result) : this.#answer(result, command.expected);
  }

  #obey(command: Command): Buffer | number {
    if (command.instruction === 0xa4) return this.#select(command.data);
    if (!this.#selected) return SW.instructionUnknown;
    switch (command.instruction) {
      case 0x20:
        return this.#verify(command);
      case 0xcb:
        return this.#read(command.data);
      case 0x87:
        return this.#authenticate(command);
      default:
        return SW.instructionUnknown;
    }
  }

  #select(name: Buffer): Buffer | number {
    if (!name.toString('hex').startsWith(PIV_APPLICATION)) return SW.notFound;
    this.#selected = true;
    return applicationTemplate();
  }

  #verify({ p1, p2, data }: Command): number {
    if (p2 !== PIN_REFERENCE) return SW.referenceNotFound;
    if (p1 === 0xff) this.#verified = this.#justVerified = false;
    if (p1 === 0xff) return SW.ok;
    if (data.length > 0) this.pinsVerified++;
    if (this.triesLeft === 0) return SW.locked;
    if (data.length === 0) return this.#verified ? SW.ok : SW.triesLeft | this.triesLeft;
    this.#verified = this.#justVerified = padded(this.pin).equals(data);
    this.triesLeft = this.#verified ? MOST_TRIES : this.triesLeft - 1;
    if (this.#verified) return SW.ok;
    return this.triesLeft === 0 ? SW.locked : SW.triesLeft | this.triesLeft;
  }

  #read(data: Buffer): Buffer | number {
    const tag = valueOf(data, '5c')?.toString('hex') ?? '';
    if (tag === DISCOVERY_TAG) return discoveryObject();
    const object = this.#objects.get(tag);
    return object === undefined ? SW.notFound : encodeTlv('53', object);
  }

  #authenticate({ p2, data }: Command): Buffer | number {
    const slot = p2.toString(16);
    const key = this.#keys.get(slot);
    if (key === undefined) return SW.referenceNotFound;
    if (!this.#verified || (slot === '9c' && !this.#justVerified)) return SW.securityStatus;
    this.#justVerified = false;
    try {
      const template = valueOf(data, '7c') ?? Buffer.alloc(0);
      const input = valueOf(template, key.asymmetricKeyType === 'rsa' ? '81' : '85');
      if (input === undefined) return SW.wrongData;
      const output = key.asymmetricKeyType === 'rsa' ? rawRsa(key, input) : sharedX(key, input);
      this.operations++;
      return encodeTlv('7c', encodeTlv('82', output));
    } catch {
      return SW.wrongData;
    }
  }

  #answer(data: Buffer, expected: number | null): Buffer {
    this.#pending = data;
    if (this.#t0 && expected === null) return status(this.#pendingStatus());
    return this.#takePending(Math.max(expected ?? 0, 0x100));
  }

  #takePending(most: number): Buffer {
    const part = this.#pending.subarray(0, most);
    this.#pending = this.#pending.subarray(part.length);
    return Buffer.concat([part, status(this.#pendingStatus())]);
  }

  #pendingStatus(): number {
    const left = this.#pending.length;
    if (left === 0) return SW.ok;
    return SW.more | (left > 0xff ? 0 : left);
  }
}

/** A PIN fills 8 bytes (SP 800-73-4 part 1, 2.4.3). That of a real card has digits only. */
function padded(pin: string): Buffer {
  return Buffer.concat([Buffer.from(pin), Buffer.alloc(8, 0xff)]).subarray(0, 8);
}

function status(word: number): Buffer {
  return Buffer.of(word >> 8, word & 0xff);
}

function valueOf(bytes: Buffer, tag: string): Buffer | undefined {
  return decodeTlvs(bytes).find((tlv) => tlv.tag === tag)?.value;
}
