import type { KeyDetails, SealingKey } from '@holdfast/token';
import { coreError } from '../errors.ts';

/** A key on a token, in words. */
export function keyInWords({ token, label, id }: KeyDetails): string {
  const name = label === '' ? `with the id ${id}` : `"${label}"`;
  return `the key ${name} on ${tokenInWords(token)}`;
}

/** A token, in words. */
export function tokenInWords({ label, serial }: KeyDetails['token']): string {
  return `the token "${label}"${serial === '' ? '' : ` (serial ${serial})`}`;
}

/** What a person should think of before relying on a key, by what its token claims. */
export function claimWarnings({ details, claims }: SealingKey): string[] {
  if (claims === null) return [];
  const which = keyInWords(details);
  if (claims.extractable === true) return [`${which} can be taken out of its token`];
  if (claims.local === false) {
    return [`${which} was not made there: there may be a twin of it elsewhere`];
  }
  if (claims.neverExtractable === false) return [`${which} could once be taken out of its token`];
  return [];
}

/**
 * Passes for a key of which its token claims that it cannot leave it. An imported one passes: it may well
 * be a twin that was made on purpose.
 *
 * @throws KEY_EXTRACTABLE; TOKEN_REQUIRED when nobody asked the token
 */
export async function assertCannotLeave({ details, claims }: SealingKey): Promise<void> {
  const which = keyInWords(details);
  if (claims?.extractable === true) {
    const { tokenError } = await import('@holdfast/token');
    throw tokenError('KEY_EXTRACTABLE', `${which} can be taken out of its token`);
  }
  if (claims?.extractable !== false) {
    throw coreError('TOKEN_REQUIRED', `it is not known whether ${which} can be taken out of it`);
  }
}
