import { throwIfCancelled } from '../cancel.ts';
import { ageError } from '../error.ts';
import type { Recipient, Stanza } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { encodeHeader, encodeUnsealedHeader, parseExactHeader, type Header } from './header.ts';
import { headerMac } from './mac.ts';

/**
 * Makes the header that gives `fileKey`, which stays the caller's, to every recipient.
 * Throws RECIPIENTS_INCOMPATIBLE when their labels differ, RECIPIENT_INVALID, CANCELLED.
 */
export async function wrapHeader(
  fileKey: Secret,
  recipients: readonly Recipient[],
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<Header> {
  assertLabelsAgree(recipients);
  const stanzas: Stanza[] = [];
  for (const recipient of recipients) {
    throwIfCancelled(options?.signal);
    stanzas.push(...(await recipient.wrapFileKey(fileKey.bytes, options)));
  }
  throwIfCancelled(options?.signal);
  const mac = headerMac(fileKey, encodeUnsealedHeader(stanzas));
  // Read back what was made: nothing is written that nobody could read.
  return parseExactHeader(encodeHeader({ stanzas, mac }));
}

function assertLabelsAgree(recipients: readonly Recipient[]): void {
  const [first, ...others] = recipients.map(({ labels }) => [...new Set(labels)].sort().join('\n'));
  if (first === undefined) throw ageError('RECIPIENT_INVALID', 'there is no recipient');
  if (others.some((labels) => labels !== first)) {
    const message = 'these recipients do not go together in one file';
    throw ageError('RECIPIENTS_INCOMPATIBLE', message);
  }
}
