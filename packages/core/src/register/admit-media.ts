import type { ChosenVolume } from '@holdfast/media';
import { mediaError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import { nameOf } from '../media/choose.ts';
import type { MediumWords } from '../ports.ts';
import { mediumSeen } from '../record/places.ts';
import type { Run } from '../run.ts';
import { described } from './describe-medium.ts';
import { idOf, knownMedia, knownMediaOrNull } from './known-media.ts';
import { assertMediumWords } from './media-name.ts';

export interface AdmissionRules {
  /** Nothing is written to a medium that the register does not know. */
  readonly onlyKnown: boolean;
}

/**
 * To be called with the media that a backup is about to be written to, before anything is: whoever is there is
 * asked about those that the register does not know, and may say at once what they are called. Nobody there is no
 * reason to stop, unless only known ones are allowed.
 *
 * @throws MEDIUM_UNKNOWN, MEDIUM_REFUSED, MEDIUM_NAME_TAKEN, USAGE
 */
export async function admitMedia(
  chosen: readonly ChosenVolume[],
  { onlyKnown }: AdmissionRules,
  run: Run,
): Promise<void> {
  if (chosen.length === 0) return;
  const known = onlyKnown ? await knownMedia(run) : await knownMediaOrNull(run);
  // Without a register every stick would look new.
  if (known === null) return;
  for (const medium of chosen) {
    const id = idOf(medium);
    if (known.some((row) => row.id === id)) continue;
    const name = nameOf(medium);
    if (onlyKnown) {
      throw coreError(
        'MEDIUM_UNKNOWN',
        `${name} is not in the register of media, and media.only-known allows no others`,
      );
    }
    const check = (words: MediumWords): void => assertMediumWords(words, id, known);
    const answer = await run.mediumSource?.admitMedium?.({ found: medium, check });
    if (answer === undefined) continue;
    if (answer === null) {
      throw mediaError('MEDIUM_REFUSED', `${name} is new here, and was not confirmed`);
    }
    check(answer);
    if (Object.values(answer).every((it) => it === undefined || it === '')) continue;
    await run.instance.signer();
    await run.recorder?.record([
      mediumSeen(medium),
      described(id, { chosen: medium, row: null }, answer),
    ]);
  }
}
