import { createECDH, createHash, createHmac, createPublicKey, ECDH } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import { decodeBech32, encodeBech32 } from '../encoding/bech32.ts';
import { concat } from '../encoding/concat.ts';
import { ageError } from '../error.ts';
import type { Identity, Recipient, Stanza } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { assertWrappedSize } from './aead.ts';
import { hpkeOpen, hpkeSeal, openDhkemP256 } from './hpke.ts';

const TYPE = 'p256tag';
const CURVE = 'prime256v1';
const COMPRESSED_SIZE = 33;
const UNCOMPRESSED_SIZE = 65;
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

  /** Takes DER SubjectPublicKeyInfo. Throws RECIPIENT_INVALID for all but a key on P-256. */
  static fromPublicKey(spki: Uint8Array): TagRecipient {
    return new TagRecipient(compressedPoint(spki));
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

  /**
   * Whether a stanza bears the tag of this recipient, which takes no secret to tell.
   * Throws AGE_HEADER_INVALID for a malformed one of this type.
   */
  matches(stanza: Stanza): boolean {
    const parsed = parseTagStanza(stanza);
    return parsed !== null && this.#tag(parsed.encapsulated).equals(parsed.tag);
  }

  /** The point, uncompressed: 65 bytes. */
  get point(): Uint8Array {
    return Uint8Array.from(this.#uncompressed);
  }

  toString(): string {
    return encodeBech32('age1tag', this.#compressed);
  }

  #tag(encapsulated: Uint8Array): Buffer {
    const fingerprint = createHash('sha256').update(this.#compressed).digest();
    const hmac = createHmac('sha256', SUITE.info).update(encapsulated);
    return hmac.update(fingerprint.subarray(0, TAG_SIZE)).digest().subarray(0, TAG_SIZE);
  }
}

/** The raw ECDH of a P-256 key that is elsewhere, on a token: the x coordinate of the shared point. */
export type Agree = (
  point: Uint8Array,
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<Secret>;

/**
 * Opens what a {@link TagRecipient} seals, when the private key can do no more than ECDH.
 * `agree` is called only for stanzas that bear the tag; the secret that it returns is disposed here.
 */
export class TagIdentity implements Identity {
  readonly #recipient: TagRecipient;
  readonly #agree: Agree;

  constructor(recipient: TagRecipient, agree: Agree) {
    this.#recipient = recipient;
    this.#agree = agree;
  }

  /** Throws AGE_HEADER_INVALID, also for a stanza with the right tag that does not open. */
  async unwrapFileKey(
    stanzas: readonly Stanza[],
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<Secret | null> {
    const mine = stanzas.filter((stanza) => this.#recipient.matches(stanza));
    for (const stanza of mine) {
      const fileKey = await this.#unwrap(stanza, options);
      if (fileKey !== null) return fileKey;
    }
    if (mine.length === 0) return null;
    const message = 'a stanza bears the tag of this key but was altered';
    throw ageError('AGE_HEADER_INVALID', message, { cause: mine[0] });
  }

  async #unwrap(
    stanza: Stanza,
    options: { signal?: AbortSignal | undefined },
  ): Promise<Secret | null> {
    const encapsulated = parseTagStanza(stanza)?.encapsulated;
    if (encapsulated === undefined) return null;
    using dh = await this.#agree(encapsulated, options);
    using shared = openDhkemP256(dh.bytes, encapsulated, this.#recipient.point);
    return hpkeOpen(SUITE, shared, stanza.body);
  }
}

interface TagStanza {
  readonly tag: Buffer;
  readonly encapsulated: Uint8Array;
}

/** Checking a point takes longer than all else that is done to a stanza, and it is asked about more than once. */
const parsedStanzas = new WeakMap<Stanza, TagStanza>();

/** `null` for another type. All is checked before a token sees the point: not all of them do it. */
function parseTagStanza(stanza: Stanza): TagStanza | null {
  const { args, body } = stanza;
  if (args[0] !== TYPE) return null;
  const known = parsedStanzas.get(stanza);
  if (known !== undefined) return known;
  const tag = decodeBase64(args[1] ?? '');
  const encapsulated = decodeBase64(args[2] ?? '');
  if (args.length !== 3 || tag?.length !== TAG_SIZE || !isPoint(encapsulated)) {
    const message = 'a p256tag stanza of the header is malformed';
    throw ageError('AGE_HEADER_INVALID', message, { cause: stanza });
  }
  assertWrappedSize(body, { cause: stanza });
  const parsed = { tag: Buffer.from(tag), encapsulated };
  parsedStanzas.set(stanza, parsed);
  return parsed;
}

function isPoint(bytes: Uint8Array | null): bytes is Uint8Array {
  if (bytes?.length !== UNCOMPRESSED_SIZE || bytes[0] !== 4) return false;
  try {
    ECDH.convertKey(bytes, CURVE);
    return true;
  } catch {
    return false;
  }
}

function compressedPoint(spki: Uint8Array): Uint8Array {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const { crv, x = '', y = '' } = key.export({ format: 'jwk' });
    const odd = (Buffer.from(y, 'base64url').at(-1) ?? 0) & 1;
    if (crv === 'P-256') return concat([Uint8Array.of(2 + odd), Buffer.from(x, 'base64url')]);
  } catch (cause) {
    throw ageError('RECIPIENT_INVALID', 'this is not a public key', { cause });
  }
  throw ageError('RECIPIENT_INVALID', 'this is not a public key on P-256');
}
