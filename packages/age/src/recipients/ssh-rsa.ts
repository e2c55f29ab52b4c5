import { constants, createHash, publicEncrypt } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { ageError } from '../error.ts';
import type { Identity, Recipient, Stanza } from '../ports.ts';
import type { Secret } from '../secret.ts';
import {
  formatSshRsaLine,
  parseSshRsaLine,
  sshRsaKeyFromSpki,
  type SshRsaKey,
} from './ssh-wire.ts';

const TYPE = 'ssh-rsa';
const TAG_SIZE = 4;
const FILE_KEY_SIZE = 16;
const MIN_BITS = 2048;
const MAX_BITS = 4096;

/** The label of OAEP with SHA-256 in an `ssh-rsa` stanza. */
export const SSH_RSA_OAEP_LABEL: Uint8Array = Buffer.from('age-encryption.org/v1/ssh-rsa');

/**
 * `ssh-rsa AAAA…`, an RSA key of 2048 to 4096 bits as age takes it from SSH. C2SP age has no word on it;
 * this is what age's package agessh does. Its tag names the key to whoever has it in public.
 */
export class SshRsaRecipient implements Recipient {
  readonly #key: SshRsaKey;
  /** Bytes of the modulus, and of every ciphertext. */
  readonly modulusSize: number;

  private constructor(key: SshRsaKey | null) {
    const { modulusLength = 0, publicExponent = 0n } = key?.publicKey.asymmetricKeyDetails ?? {};
    if (key === null) throw ageError('RECIPIENT_INVALID', 'this is not an RSA public key');
    if (modulusLength < MIN_BITS || modulusLength > MAX_BITS) {
      throw ageError('RECIPIENT_INVALID', 'an RSA recipient has 2048 to 4096 bits');
    }
    // What age refuses; a key with such an exponent could be sealed to by us alone.
    if (publicExponent < 3n || publicExponent >= 1n << 24n || publicExponent % 2n === 0n) {
      throw ageError('RECIPIENT_INVALID', 'this RSA recipient has an unusual exponent');
    }
    this.#key = key;
    this.modulusSize = Math.ceil(modulusLength / 8);
  }

  /** Takes DER SubjectPublicKeyInfo. Throws RECIPIENT_INVALID. */
  static fromPublicKey(spki: Uint8Array): SshRsaRecipient {
    return new SshRsaRecipient(sshRsaKeyFromSpki(spki));
  }

  /** Takes a line of `authorized_keys` or `id_rsa.pub`. Throws RECIPIENT_INVALID. */
  static parse(text: string): SshRsaRecipient {
    return new SshRsaRecipient(parseSshRsaLine(text));
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const body = publicEncrypt(
      {
        key: this.#key.publicKey,
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha256',
        oaepLabel: SSH_RSA_OAEP_LABEL,
      },
      fileKey,
    );
    return [{ args: [TYPE, encodeBase64(this.#tag())], body: Uint8Array.from(body) }];
  }

  /** Whether a stanza is for this key. Throws AGE_HEADER_INVALID for one that is, and is malformed. */
  matches(stanza: Stanza): boolean {
    const { args, body } = stanza;
    if (args[0] !== TYPE) return false;
    const tag = args.length === 2 ? decodeBase64(args[1] ?? '') : null;
    if (tag?.length !== TAG_SIZE) {
      const message = 'an ssh-rsa stanza of the header is malformed';
      throw ageError('AGE_HEADER_INVALID', message, { cause: stanza });
    }
    if (!this.#tag().equals(tag)) return false;
    if (body.length === this.modulusSize) return true;
    const message = 'an ssh-rsa stanza of the header has a malformed body';
    throw ageError('AGE_HEADER_INVALID', message, { cause: stanza });
  }

  toString(): string {
    return formatSshRsaLine(this.#key);
  }

  #tag(): Buffer {
    return createHash('sha256').update(this.#key.wire).digest().subarray(0, TAG_SIZE);
  }
}

/**
 * OAEP decryption (SHA-256 for hash and MGF1, {@link SSH_RSA_OAEP_LABEL}) by an RSA key that is elsewhere:
 * the message, or `null` when the padding is wrong, which it must not tell in any other way.
 */
export type DecryptOaep = (
  ciphertext: Uint8Array,
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<Secret | null>;

/**
 * Opens what a {@link SshRsaRecipient} seals. `decrypt` is called only for stanzas that bear the tag;
 * the secret that it returns becomes the caller's.
 */
export class SshRsaIdentity implements Identity {
  readonly #recipient: SshRsaRecipient;
  readonly #decrypt: DecryptOaep;

  constructor(recipient: SshRsaRecipient, decrypt: DecryptOaep) {
    this.#recipient = recipient;
    this.#decrypt = decrypt;
  }

  /** Throws AGE_HEADER_INVALID, also for a stanza with the right tag that does not open. */
  async unwrapFileKey(
    stanzas: readonly Stanza[],
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<Secret | null> {
    const mine = stanzas.filter((stanza) => this.#recipient.matches(stanza));
    for (const { body } of mine) {
      const message = await this.#decrypt(body, options);
      if (message?.bytes.length === FILE_KEY_SIZE) return message;
      message?.[Symbol.dispose]();
    }
    if (mine.length === 0) return null;
    const message = 'a stanza bears the tag of this key but was altered';
    throw ageError('AGE_HEADER_INVALID', message, { cause: mine[0] });
  }
}
