import { ageError } from '../error.ts';
import { HybridIdentity, HybridRecipient } from './hybrid.ts';
import { TagRecipient } from './tag.ts';
import { X25519Identity, X25519Recipient } from './x25519.ts';

/** Any native recipient: `age1…`, `age1pq1…` or `age1tag1…`. Throws RECIPIENT_INVALID. */
export function parseRecipient(text: string): X25519Recipient | HybridRecipient | TagRecipient {
  if (text.startsWith('age1pq1')) return HybridRecipient.parse(text);
  if (text.startsWith('age1tag1')) return TagRecipient.parse(text);
  if (text.startsWith('AGE-SECRET-KEY-')) {
    const message = 'this is an identity, which is secret, and not a recipient';
    throw ageError('RECIPIENT_INVALID', message);
  }
  return X25519Recipient.parse(text);
}

/** Any native identity: `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…`. Throws IDENTITY_INVALID. */
export function parseIdentity(text: string): X25519Identity | HybridIdentity {
  if (text.startsWith('AGE-SECRET-KEY-PQ-1')) return HybridIdentity.parse(text);
  return X25519Identity.parse(text);
}

/** A fresh X25519 identity. */
export function generateIdentity(): X25519Identity {
  return X25519Identity.generate();
}
