import type { Got } from '../api/queries.ts';
import type { Status } from './mend.ts';

/** From below. */
export const LANES = ['drill', 'verify', 'backup'] as const;

/** Something that was done with a secret, once. */
export interface Happened {
  readonly lane: (typeof LANES)[number];
  readonly secret: string;
  /** Milliseconds. */
  readonly at: number;
  readonly isGood: boolean;
}

/** What is known to have happened, oldest first. */
export function lanesOf(
  { secrets }: Pick<Status, 'secrets'>,
  backups: Got<'listBackups'>['rows'],
  drills: Got<'listDrills'>['rows'],
): readonly Happened[] {
  const made = backups.map(({ secret, created }) => ({
    ...{ lane: 'backup' as const, secret: secret ?? '', at: Date.parse(created), isGood: true },
  }));
  const verified = secrets.flatMap(({ name, copies }) =>
    copies.flatMap(({ verifiedAt, verifyOutcome, counts }) =>
      // A look that did not get as far as the copy says nothing of it.
      verifiedAt === null || (counts && (verifyOutcome ?? 'ok') !== 'ok')
        ? []
        : [
            {
              ...{ lane: 'verify' as const, secret: name, at: Date.parse(verifiedAt) },
              isGood: (verifyOutcome ?? 'ok') === 'ok',
            },
          ],
    ),
  );
  const drilled = drills.map(({ secret, time, outcome }) => ({
    ...{ lane: 'drill' as const, secret: secret ?? '', at: Date.parse(time) },
    isGood: outcome === 'ok',
  }));
  return [...made, ...verified, ...drilled].toSorted((a, b) => a.at - b.at);
}
