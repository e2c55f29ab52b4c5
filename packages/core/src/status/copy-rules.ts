import type { CopyRow } from '@holdfast/catalog';
import { count, someOf, whereIs } from './in-words.ts';
import { backUpAgain, holdfast, pathOfCopy } from './mend.ts';
import type { Found } from './rule.ts';
import { failedVerification, placesAmong } from '../policy/standing.ts';
import type { SecretView, Surroundings } from './view.ts';

export function* tooFewCopies(view: SecretView, around: Surroundings): Iterable<Found> {
  const wanted = view.policy?.copies ?? 1;
  const there = placesAmong(view.counted);
  if (view.newest === null || there >= wanted) return;
  const words =
    there === 0 ? 'no copy that counts' : `${String(there)} of ${String(wanted)} copies`;
  const mend = backUpAgain(view, around, there === 0 || wanted === 1 ? undefined : ['usb']);
  yield { code: 'too-few-copies', severity: 'critical', words, mend };
}

export function* oneHost(view: SecretView, around: Surroundings): Iterable<Found> {
  const hosts = view.counted.map(({ place }) => (place.kind === 'folder' ? place.host : null));
  const [host] = hosts;
  if (host === undefined || host === null || hosts.some((other) => other !== host)) return;
  const which = host === around.host ? 'this very machine' : `one machine, ${host}`;
  const words = `every copy is on ${which}`;
  yield { code: 'one-host', severity: 'warning', words, mend: backUpAgain(view, around, ['usb']) };
}

/** A policy that wants one copy accepts that. */
export function* oneMedium(view: SecretView, around: Surroundings): Iterable<Found> {
  const [first] = view.counted;
  if (first?.medium === undefined || first.medium === null || view.policy?.copies === 1) return;
  if (view.counted.some(({ medium }) => medium !== first.medium)) return;
  const words = `every copy is on one medium, ${whereIs(first, around)}`;
  const mend = backUpAgain(view, around, ['usb']);
  yield { code: 'one-medium', severity: 'warning', words, mend };
}

export function* verificationFailed(view: SecretView, around: Surroundings): Iterable<Found> {
  for (const copy of view.current) {
    if (!failedVerification(copy)) continue;
    const words = `the copy in ${whereIs(copy, around)} failed its check (${copy.verifyOutcome ?? ''})`;
    const mend = backUpAgain(view, around);
    yield { code: 'verification-failed', severity: 'critical', words, mend };
  }
}

/** Who was taken out of the envelopes may open it; it was seen after a later generation was known. */
export function* olderGenerationReturned(view: SecretView, around: Surroundings): Iterable<Found> {
  const returned = view.copies.filter((copy) => hasReturned(copy, view));
  const [copy] = returned;
  if (copy === undefined) return;
  const places = someOf(returned.map((it) => whereIs(it, around)));
  const words = `generation ${String(copy.generation)} came back, in ${places}, after a later one was known`;
  const mend = holdfast('inspect', pathOfCopy(copy, around));
  yield { code: 'older-generation-returned', severity: 'warning', words, mend };
}

export function* supersededCopy(view: SecretView, around: Surroundings): Iterable<Found> {
  const old = view.copies.filter((copy) => copy.superseded && !hasReturned(copy, view));
  if (old.length === 0) return;
  const number = count(old.length, 'copy has', 'copies have');
  const places = someOf(old.map((copy) => whereIs(copy, around)));
  const words = `${number} envelopes that were changed since, in ${places}`;
  const mend = backUpAgain({ ...view, current: old }, around);
  yield { code: 'superseded-copy', severity: 'warning', words, mend };
}

function hasReturned(copy: CopyRow, { backups }: SecretView): boolean {
  const knownSince = backups
    .filter(({ id, generation }) => id === copy.backup && generation > copy.generation)
    .map(({ recordedAt }) => recordedAt)
    .toSorted()[0];
  return copy.superseded && knownSince !== undefined && copy.madeAt > knownSince;
}

export function* protectedMedium(view: SecretView, around: Surroundings): Iterable<Found> {
  const stale = new Map<string, CopyRow>();
  for (const copy of view.copies) if (copy.medium !== null) stale.set(copy.medium, copy);
  for (const { medium } of view.current) if (medium !== null) stale.delete(medium);
  for (const [id, copy] of stale) {
    if (around.media.get(id)?.protected !== true) continue;
    const name = whereIs(copy, around);
    const words = `${name} is protected: what is on it stays older than its newest backup`;
    const mend = holdfast('media', 'name', id, '--unprotect');
    yield { code: 'protected-medium', severity: 'note', words, mend };
  }
}
