import { createHmac, createSecretKey } from 'node:crypto';
import { Secret } from '../secret.ts';
import { unwrapWithAead, wrapWithAead } from './aead.ts';

/** RFC 9180 in base mode with HKDF-SHA256 and ChaCha20-Poly1305, for one message without `aad`. */
export interface HpkeSuite {
  readonly kem: number;
  readonly info: string;
}

const HKDF_SHA256 = 0x0001;
const CHACHA20_POLY1305 = 0x0003;
const MODE_BASE = 0x00;
const DHKEM_P256 = 0x0010;
const NO_BYTES = new Uint8Array(0);
const ONE_ZERO = new Uint8Array(1);

/** What the key schedule takes of a suite, which is the same for every message. */
const schedules = new Map<string, { readonly suiteId: Buffer; readonly context: Buffer }>();

/** `SealBase` after the encapsulation that gave `shared` (RFC 9180 §6.1). */
export function hpkeSeal(suite: HpkeSuite, shared: Secret, fileKey: Uint8Array): Uint8Array {
  using context = openContext(suite, shared);
  return wrapWithAead(context.key, fileKey, context.nonce);
}

/** `OpenBase` after the decapsulation that gave `shared`; `null` when it does not open. */
export function hpkeOpen(suite: HpkeSuite, shared: Secret, body: Uint8Array): Secret | null {
  using context = openContext(suite, shared);
  return unwrapWithAead(context.key, body, context.nonce);
}

/** The shared secret of DHKEM(P-256, HKDF-SHA256) from the raw ECDH result (RFC 9180 §4.1). */
export function openDhkemP256(
  dh: Uint8Array,
  encapsulated: Uint8Array,
  uncompressedPoint: Uint8Array,
): Secret {
  const suiteId = Buffer.concat([Buffer.from('KEM'), uint16(DHKEM_P256)]);
  const prk = labeledExtract(suiteId, NO_BYTES, 'eae_prk', dh);
  const kemContext = Buffer.concat([encapsulated, uncompressedPoint]);
  try {
    return Secret.take(labeledExpand(suiteId, prk, 'shared_secret', kemContext, 32));
  } finally {
    prk.fill(0);
  }
}

/** The key schedule of base mode (RFC 9180 §5.1). */
function openContext(
  suite: HpkeSuite,
  shared: Secret,
): Disposable & { key: Uint8Array; nonce: Uint8Array } {
  const { suiteId, context: scheduleContext } = scheduleOf(suite);
  const secret = labeledExtract(suiteId, shared.bytes, 'secret', NO_BYTES);
  const key = labeledExpand(suiteId, secret, 'key', scheduleContext, 32);
  const nonce = labeledExpand(suiteId, secret, 'base_nonce', scheduleContext, 12);
  secret.fill(0);
  return { key, nonce, [Symbol.dispose]: () => key.fill(0) };
}

function scheduleOf({ kem, info }: HpkeSuite): { suiteId: Buffer; context: Buffer } {
  const known = schedules.get(info);
  if (known !== undefined) return known;
  const ids = [kem, HKDF_SHA256, CHACHA20_POLY1305].map(uint16);
  const suiteId = Buffer.concat([Buffer.from('HPKE'), ...ids]);
  const context = Buffer.concat([
    Uint8Array.of(MODE_BASE),
    labeledExtract(suiteId, NO_BYTES, 'psk_id_hash', NO_BYTES),
    labeledExtract(suiteId, NO_BYTES, 'info_hash', Buffer.from(info)),
  ]);
  schedules.set(info, { suiteId, context });
  return { suiteId, context };
}

function labeledExtract(
  suiteId: Uint8Array,
  salt: Uint8Array,
  label: string,
  input: Uint8Array,
): Uint8Array {
  const hmac = hmacWith(salt).update('HPKE-v1').update(suiteId).update(label);
  return hmac.update(input).digest();
}

/** HKDF-Expand for at most one block, which is all that is needed here. */
function labeledExpand(
  suiteId: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const hmac = hmacWith(prk).update(uint16(length)).update('HPKE-v1').update(suiteId);
  const block = hmac.update(label).update(info).update(Uint8Array.of(1)).digest();
  try {
    return Uint8Array.from(block.subarray(0, length));
  } finally {
    block.fill(0);
  }
}

/** Node takes four times as long for a key that comes as bytes. It wants at least one byte; RFC 2104 pads with zeros. */
function hmacWith(key: Uint8Array): ReturnType<typeof createHmac> {
  return createHmac('sha256', createSecretKey(key.length === 0 ? ONE_ZERO : key));
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
