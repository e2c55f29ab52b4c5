import { hkdfSync, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { decodeBech32, encodeBech32 } from '../encoding/bech32.ts';
import { ageError } from '../error.ts';
import type { Identity, Recipient, Stanza } from '../ports.ts';
import { Secret } from '../secret.ts';
import { assertWrappedSize, unwrapWithAead, wrapWithAead } from './aead.ts';
import * as curve from './curve25519.ts';

const TYPE = 'X25519';
const INFO = 'age-encryption.org/v1/X25519';

/** `age1…` (C2SP age, "X25519 recipient"). */
export class X25519Recipient implements Recipient {
  readonly #point: Uint8Array;

  constructor(point: Uint8Array) {
    if (point.length !== curve.POINT_SIZE) {
      throw ageError('RECIPIENT_INVALID', 'an X25519 recipient has 32 bytes');
    }
    this.#point = Uint8Array.from(point);
  }

  /** Throws RECIPIENT_INVALID. */
  static parse(text: string): X25519Recipient {
    const point = decodeBech32(text, 'age');
    if (point === null) throw ageError('RECIPIENT_INVALID', 'this is not an X25519 recipient');
    return new X25519Recipient(point);
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const ephemeral = curve.generatePrivateKey();
    const share = curve.bytesOfPublicKey(ephemeral);
    using shared = curve.openX25519(ephemeral, this.#point);
    if (shared === null) {
      throw ageError('RECIPIENT_INVALID', 'this X25519 recipient is a point that hides nothing');
    }
    using wrapKey = openWrapKey(shared, share, this.#point);
    const body = wrapWithAead(wrapKey.bytes, fileKey);
    return [{ args: [TYPE, encodeBase64(share)], body }];
  }

  toString(): string {
    return encodeBech32('age', this.#point);
  }
}

/** `AGE-SECRET-KEY-1…`. The scalar is kept outside of JavaScript's memory. */
export class X25519Identity implements Identity {
  readonly #privateKey: KeyObject;
  readonly #point: Uint8Array;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#point = curve.bytesOfPublicKey(privateKey);
  }

  static generate(): X25519Identity {
    return new X25519Identity(curve.generatePrivateKey());
  }

  /** Throws IDENTITY_INVALID, which never quotes the text. */
  static parse(text: string): X25519Identity {
    const scalar = decodeBech32(text, 'AGE-SECRET-KEY-');
    try {
      if (scalar?.length !== curve.POINT_SIZE) {
        throw ageError('IDENTITY_INVALID', 'this is not an X25519 identity');
      }
      return new X25519Identity(curve.privateKeyFromBytes(scalar));
    } finally {
      scalar?.fill(0);
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

  recipient(): X25519Recipient {
    return new X25519Recipient(this.#point);
  }

  /** Its line in an identity file, as bytes; the caller's to dispose. */
  toSecret(): Secret {
    using scalar = curve.openBytesOfPrivateKey(this.#privateKey);
    return Secret.fromText(encodeBech32('AGE-SECRET-KEY-', scalar.bytes));
  }

  #unwrap(args: readonly string[], body: Uint8Array): Secret | null {
    const share = args.length === 2 ? decodeBase64(args[1] ?? '') : null;
    if (share?.length !== curve.POINT_SIZE) {
      throw ageError('AGE_HEADER_INVALID', 'an X25519 stanza of the header is malformed');
    }
    assertWrappedSize(body);
    using shared = curve.openX25519(this.#privateKey, share);
    if (shared === null) {
      throw ageError('AGE_HEADER_INVALID', 'an X25519 stanza leads to an all-zero shared secret');
    }
    using wrapKey = openWrapKey(shared, share, this.#point);
    return unwrapWithAead(wrapKey.bytes, body);
  }
}

function openWrapKey(shared: Secret, share: Uint8Array, point: Uint8Array): Secret {
  const salt = Buffer.concat([share, point]);
  return Secret.take(new Uint8Array(hkdfSync('sha256', shared.bytes, salt, INFO, 32)));
}
