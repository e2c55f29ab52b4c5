import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { ageError } from '../error.ts';
import type { Secret } from '../secret.ts';
import { macInput, type Header } from './header.ts';

/** HMAC-SHA-256 under a key from the file key (C2SP age, "header MAC"). */
export function headerMac(fileKey: Secret, unsealedHeader: Uint8Array): Uint8Array {
  const macKey = new Uint8Array(hkdfSync('sha256', fileKey.bytes, new Uint8Array(0), 'header', 32));
  try {
    return createHmac('sha256', macKey).update(unsealedHeader).digest();
  } finally {
    macKey.fill(0);
  }
}

/** Throws AGE_HEADER_MAC_MISMATCH unless the header is as its writer, who knew the file key, left it. */
export function verifyHeaderMac(header: Header, fileKey: Secret): void {
  if (!timingSafeEqual(headerMac(fileKey, macInput(header)), header.mac)) {
    throw ageError('AGE_HEADER_MAC_MISMATCH', 'the MAC of the header does not match its content');
  }
}
