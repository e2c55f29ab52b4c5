import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { coreError } from '../errors.ts';
import {
  publicKeyBlob,
  publicKeyFromRaw,
  publicKeyText,
  rawPublicKey,
  wireString,
} from './ssh-wire.ts';

/** What the signatures of backups are for; `ssh-keygen -Y verify -n` asks for it. */
export const NAMESPACE = 'holdfast-backup';

const MAGIC = 'SSHSIG';
const HASH = 'sha512';
const SIGNATURE_TYPE = 'ssh-ed25519';
const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '-----END SSH SIGNATURE-----\n';
const COLUMNS = 70;

/** Signs as `ssh-keygen -Y sign` does (PROTOCOL.sshsig) with an Ed25519 private key. Armored. */
export function signSshsig(
  message: Uint8Array,
  privateKey: KeyObject,
  namespace = NAMESPACE,
): Uint8Array<ArrayBuffer> {
  const signature = sign(null, signedContent(message, namespace), privateKey);
  return encode(rawPublicKey(privateKey), signature, namespace);
}

/**
 * Checks an armored signature over `message` and tells whose it is, as `ssh-ed25519 AAAA…`. Whether
 * that key is to be trusted is another question. Throws SIGNATURE_INVALID for a signature that is not
 * valid, not by an Ed25519 key, for another purpose, or not in the exact form that ssh-keygen writes.
 */
export function verifySshsig(
  message: Uint8Array,
  armored: Uint8Array,
  namespace = NAMESPACE,
): string {
  const { publicKey, signature } = decode(armored, namespace);
  if (!isValid(signedContent(message, namespace), publicKey, signature)) {
    throw invalid('the signature does not belong to what it stands beside');
  }
  return publicKeyText(publicKey);
}

function isValid(content: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, content, publicKeyFromRaw(publicKey), signature);
  } catch {
    return false;
  }
}

function signedContent(message: Uint8Array, namespace: string): Buffer {
  const digest = createHash(HASH).update(message).digest();
  return Buffer.concat([
    Buffer.from(MAGIC),
    wireString(namespace),
    wireString(''),
    wireString(HASH),
    wireString(digest),
  ]);
}

function encode(
  publicKey: Uint8Array,
  signature: Uint8Array,
  namespace: string,
): Uint8Array<ArrayBuffer> {
  const blob = Buffer.concat([
    Buffer.from(`${MAGIC}\0\0\0\u0001`),
    wireString(publicKeyBlob(publicKey)),
    wireString(namespace),
    wireString(''),
    wireString(HASH),
    wireString(Buffer.concat([wireString(SIGNATURE_TYPE), wireString(signature)])),
  ]);
  const lines = blob.toString('base64').replace(new RegExp(`.{1,${String(COLUMNS)}}`, 'g'), '$&\n');
  return new TextEncoder().encode(BEGIN + lines + END);
}

// Every field but two is fixed, so the two are cut out where they must be and all is written anew:
// whatever is not the very same bytes then is not a signature of ours.
function decode(
  armored: Uint8Array,
  namespace: string,
): { publicKey: Uint8Array; signature: Uint8Array } {
  const text = Buffer.from(armored).toString('latin1');
  const blob = Buffer.from(text.slice(BEGIN.length, -END.length), 'base64');
  const keyEnd = MAGIC.length + 4 + 4 + publicKeyBlob(new Uint8Array(32)).length;
  const publicKey = blob.subarray(keyEnd - 32, keyEnd);
  const signature = blob.subarray(-64);
  if (Buffer.compare(encode(publicKey, signature, namespace), armored) !== 0) {
    throw invalid('the signature is not an SSH signature by an Ed25519 key for this purpose');
  }
  return { publicKey, signature };
}

function invalid(message: string): Error {
  return coreError('SIGNATURE_INVALID', message);
}
