import type { MediumRow } from '@holdfast/catalog';
import { coreError } from '../errors.ts';
import type { MediumWords } from '../ports.ts';

const LONGEST = 64;
const NAME = /^[^\p{C}\p{Zl}\p{Zp}/]+$/u;
const TEXT = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

/**
 * Checks what a medium is to be called, so that `usb:NAME` can say it and only this medium is meant. `id` is of the
 * medium itself.
 *
 * @throws USAGE, MEDIUM_NAME_TAKEN
 */
export function assertMediumWords(
  { name, location, owner }: MediumWords,
  id: string,
  known: readonly MediumRow[],
): void {
  if (name !== undefined && !isText(name, NAME)) {
    throw coreError(
      'USAGE',
      `a medium is named with 1 to ${String(LONGEST)} characters of one line, without a slash`,
    );
  }
  for (const [what, text] of Object.entries({ location, owner })) {
    if (text !== undefined && text !== '' && !isText(text, TEXT)) {
      throw coreError(
        'USAGE',
        `the ${what} of a medium takes one line of ${String(LONGEST)} characters`,
      );
    }
  }
  const taken = known.find((row) => row.id !== id && isSame(row.name, name));
  if (taken !== undefined) {
    throw coreError('MEDIUM_NAME_TAKEN', `another medium is called ${taken.name ?? ''} already`);
  }
}

function isText(text: string, shape: RegExp): boolean {
  return text.trim() === text && text.length <= LONGEST && text !== '' && shape.test(text);
}

/** Two names that differ in case only would be mixed up sooner or later. */
function isSame(one: string | null, other: string | undefined): boolean {
  return other !== undefined && one?.toLowerCase() === other.toLowerCase();
}
