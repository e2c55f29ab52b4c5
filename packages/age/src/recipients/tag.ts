import { createECDH, createHash, createHmac, ECDH } from 'node:crypto';
import { encodeBase64 } from '../encoding/base64.ts';
import { decodeBech32, encodeBech32 } from '../encoding/bech32.ts';
import { ageError } from '../error.ts';
import type { Recipient, Stanza } from '../ports.ts';
import { hpkeSeal, openDhkemP256 } from './hpke.ts';

const TYPE = 'p256tag';
const CURVE = 'prime256v1';
const COMPRESSED_SIZE = 33;
const TAG_SIZE = 4;
const SUITE = { kem: 0x0010, info: 'age-encryption.org/p256tag' };

/**
 * `age1tag1…`, a P-256 key on a hardware token (C2SP age, "p256tag recipient"). Its tag tells whoever
 * knows the recipient, and nobody else, which stanza is for it.
 */
export class TagRecipient implements Recipient {
  readonly #compressed: Uint8Array;
  readonly #uncompressed: Uint8Array;

  /** Takes the compressed point. Throws RECIPIENT_INVALID, also for one that is not on the curve. */
  constructor(compressed: Uint8Array) {
    if (compressed.length !== COMPRESSED_SIZE) {
      throw ageError('RECIPIENT_INVALID', 'this is not a tag recipient');
    }
    try {
      const point = ECDH.convertKey(compressed, CURVE, undefined, undefined, 'uncompressed');
      this.#uncompressed = Uint8Array.from(point as Buffer);
    } catch (cause) {
      const message = 'this tag recipient is not a point of the curve';
      throw ageError('RECIPIENT_INVALID', message, { cause });
    }
    this.#compressed = Uint8Array.from(compressed);
  }

  /** Throws RECIPIENT_INVALID. */
  static parse(text: string): TagRecipient {
    const compressed = decodeBech32(text, 'age1tag');
    if (compressed === null) throw ageError('RECIPIENT_INVALID', 'this is not a tag recipient');
    return new TagRecipient(compressed);
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const ephemeral = createECDH(CURVE);
    const encapsulated = ephemeral.generateKeys();
    const dh = ephemeral.computeSecret(this.#uncompressed);
    using shared = openDhkemP256(dh, encapsulated, this.#uncompressed);
    dh.fill(0);
    const args = [TYPE, encodeBase64(this.#tag(encapsulated)), encodeBase64(encapsulated)];
    return [{ args, body: hpkeSeal(SUITE, shared, fileKey) }];
  }

  toString(): string {
    return encodeBech32('age1tag', this.#compressed);
  }

  #tag(encapsulated: Uint8Array): Uint8Array {
    const fingerprint = createHash('sha256').update(this.#compressed).digest();
    const hmac = createHmac('sha256', SUITE.info).update(encapsulated);
    return hmac.update(fingerprint.subarray(0, TAG_SIZE)).digest().subarray(0, TAG_SIZE);
  }
}
