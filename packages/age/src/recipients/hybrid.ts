import { createSecretKey, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { decodeBech32, encodeBech32 } from '../encoding/bech32.ts';
import { ageError } from '../error.ts';
import type { Identity, Recipient, Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { assertWrappedSize } from './aead.ts';
import { hpkeOpen, hpkeSeal } from './hpke.ts';
import * as xwing from './xwing.ts';

const TYPE = 'mlkem768x25519';
const SUITE = { kem: 0x647a, info: 'age-encryption.org/mlkem768x25519' };

/** `age1pq1…`, the hybrid post-quantum recipient (C2SP age, "mlkem768x25519 recipient"). */
export class HybridRecipient implements Recipient {
  /** A file is only as strong as its weakest recipient, so it is not mixed with classical ones. */
  readonly labels: readonly string[] = ['postquantum'];
  readonly #publicBytes: Uint8Array;

  /** Throws RECIPIENT_INVALID. */
  constructor(publicBytes: Uint8Array) {
    try {
      if (publicBytes.length !== xwing.PUBLIC_SIZE) throw new RangeError('wrong length');
      xwing.assertPublicKey(publicBytes);
    } catch (cause) {
      throw ageError('RECIPIENT_INVALID', 'this is not a hybrid recipient', { cause });
    }
    this.#publicBytes = Uint8Array.from(publicBytes);
  }

  /** Throws RECIPIENT_INVALID. */
  static parse(text: string): HybridRecipient {
    const publicBytes = decodeBech32(text, 'age1pq');
    if (publicBytes === null) {
      throw ageError('RECIPIENT_INVALID', 'this is not a hybrid recipient');
    }
    return new HybridRecipient(publicBytes);
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const encapsulation = xwing.openEncapsulation(this.#publicBytes);
    if (encapsulation === null) {
      throw ageError('RECIPIENT_INVALID', 'this hybrid recipient holds a point that hides nothing');
    }
    using shared = encapsulation.shared;
    const body = hpkeSeal(SUITE, shared, fileKey);
    const args = [TYPE, encodeBase64(encapsulation.encapsulated)];
    return [{ args, body }];
  }

  toString(): string {
    return encodeBech32('age1pq', this.#publicBytes);
  }
}

/** `AGE-SECRET-KEY-PQ-1…`. The seed is kept outside of JavaScript's memory. */
export class HybridIdentity implements Identity {
  readonly #seed: KeyObject;
  readonly #privateKey: xwing.XwingPrivateKey;

  private constructor(seed: Uint8Array) {
    this.#seed = createSecretKey(seed);
    this.#privateKey = xwing.privateKeyFromSeed(seed);
  }

  static generate(): HybridIdentity {
    using seed = Secret.random(xwing.SEED_SIZE);
    return new HybridIdentity(seed.bytes);
  }

  /** Throws IDENTITY_INVALID, which never quotes the text. */
  static parse(text: string): HybridIdentity {
    const seed = decodeBech32(text, 'AGE-SECRET-KEY-PQ-');
    try {
      if (seed?.length !== xwing.SEED_SIZE) {
        throw ageError('IDENTITY_INVALID', 'this is not a hybrid identity');
      }
      return new HybridIdentity(seed);
    } finally {
      seed?.fill(0);
    }
  }

  async unwrapFileKey(stanzas: readonly Stanza[]): Promise<Secret | null> {
    for (const { args, body } of stanzas) {
      if (args[0] !== TYPE) continue;
      const fileKey = this.#unwrap(args, body);
      if (fileKey !== null) return fileKey;
    }
    return null;
  }

  recipient(): HybridRecipient {
    return new HybridRecipient(this.#privateKey.publicBytes);
  }

  /** Its line in an identity file, as bytes; the caller's to dispose. */
  toSecret(): Secret {
    const seed = this.#seed.export();
    try {
      return Secret.fromText(encodeBech32('AGE-SECRET-KEY-PQ-', seed));
    } finally {
      seed.fill(0);
    }
  }

  #unwrap(args: readonly string[], body: Uint8Array): Secret | null {
    const encapsulated = args.length === 2 ? decodeBase64(args[1] ?? '') : null;
    if (encapsulated?.length !== xwing.ENCAPSULATED_SIZE) {
      throw ageError('AGE_HEADER_INVALID', 'a hybrid stanza of the header is malformed');
    }
    assertWrappedSize(body);
    using shared = xwing.openDecapsulation(this.#privateKey, encapsulated);
    if (shared === null) {
      throw ageError('AGE_HEADER_INVALID', 'a hybrid stanza leads to an all-zero shared secret');
    }
    return hpkeOpen(SUITE, shared, body);
  }
}
