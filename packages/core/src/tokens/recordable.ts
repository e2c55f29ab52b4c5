import type { KeyDetails } from '@holdfast/token';
import { LONGEST_NAME, LONGEST_TOKEN_TEXT, isLine } from '../backup-file/manifest-text.ts';
import { coreError } from '../errors.ts';

/** Refuses, before anything is written, what no manifest could hold. Throws ENVELOPE_INVALID. */
export function assertRecordable({ token, label, id }: KeyDetails): void {
  const fits = (text: string, limit: number): boolean => text === '' || isLine(text, limit);
  const ofToken = fits(token.label, LONGEST_TOKEN_TEXT) && fits(token.serial, LONGEST_TOKEN_TEXT);
  if (ofToken && fits(label, LONGEST_NAME) && id.length <= 510) return;
  throw coreError('ENVELOPE_INVALID', 'a label of this token or key is not one line of text');
}
