import { agoText, durationText } from '../policy/duration.ts';
import { waivesSinglePoint } from '../policy/policy.ts';
import { ageOf, isInTime } from '../clock.ts';
import { count, day, someOf } from './in-words.ts';
import { backUpAgain, holdfast, pathOfCopy } from './mend.ts';
import type { Found } from './rule.ts';
import type { SecretView, Surroundings } from './view.ts';

export function* neverBackedUp(view: SecretView, around: Surroundings): Iterable<Found> {
  if (view.newest !== null || view.untrusted.length > 0) return;
  const words = 'never backed up';
  yield { code: 'never-backed-up', severity: 'critical', words, mend: backUpAgain(view, around) };
}

export function* rotatedSince(view: SecretView, around: Surroundings): Iterable<Found> {
  const { live, newest } = view;
  if (live.state !== 'rotated since' || newest === null) return;
  const words = `rotated since its newest backup of ${day(newest.created)}`;
  yield { code: 'rotated-since', severity: 'critical', words, mend: backUpAgain(view, around) };
}

export function* liveUnreadable({ name, live }: SecretView): Iterable<Found> {
  if (live.failure === null) return;
  const words = `the live secret could not be read (${live.failure})`;
  const mend = holdfast('status', '--live', name);
  yield { code: 'live-unreadable', severity: 'warning', words, mend };
}

export function* liveCheckOverdue(view: SecretView, { now }: Surroundings): Iterable<Found> {
  const { name, live, newest, checkLiveEvery, source } = view;
  if (newest === null || checkLiveEvery === null || source === null || live.failure !== null)
    return;
  if (isInTime(live.at, checkLiveEvery, now) || isInTime(newest.created, checkLiveEvery, now))
    return;
  const words = `the live secret was not compared within ${durationText(checkLiveEvery)}`;
  const mend = holdfast('status', '--live', name);
  yield { code: 'live-check-overdue', severity: 'warning', words, mend };
}

/** What a stranger signed may be a plant: it counts for nothing until somebody vouches for it. */
export function* unknownSigner(view: SecretView, around: Surroundings): Iterable<Found> {
  const [first] = view.untrusted;
  if (first === undefined) return;
  const signers = view.untrusted.map(({ signer }) => signer ?? 'nobody');
  const number = count(view.untrusted.length, 'backup does', 'backups do');
  const words = `${number} not count, signed by ${someOf(signers)}: nobody here trusts that`;
  const copy = view.copies.find(({ backup }) => backup === first.id);
  const mend = copy === undefined ? null : holdfast('inspect', pathOfCopy(copy, around));
  const severity = view.newest === null ? 'critical' : 'warning';
  yield { code: 'unknown-signer', severity, words, mend: mend ?? backUpAgain(view, around) };
}

export function* backupOverdue(view: SecretView, around: Surroundings): Iterable<Found> {
  const maxAge = view.policy?.maxAge ?? null;
  if (view.newest === null || maxAge === null) return;
  const { created } = view.newest;
  if (isInTime(created, maxAge, around.now)) return;
  const age = ageOf(created, around.now);
  const words =
    age === null
      ? `its newest backup is from the future (${day(created)}): nobody can tell how old it is`
      : `its newest backup is ${agoText(age)} old; ${durationText(maxAge)} is the most`;
  yield { code: 'backup-overdue', severity: 'critical', words, mend: backUpAgain(view, around) };
}

export function* singlePoint(view: SecretView, around: Surroundings): Iterable<Found> {
  const { newest, policy, singlePoints } = view;
  if (newest === null) return;
  const told = newest.waivers.includes('single-point-of-failure');
  if (singlePoints.length === 0 && !told) return;
  const waived = told || (policy !== null && waivesSinglePoint(policy));
  // A discreet backup says that there is one, and not which.
  const what = singlePoints.length === 0 ? 'one token' : someOf(singlePoints);
  const words = `nobody can open it without ${what}${waived ? ', as was accepted' : ''}`;
  const here = view.counted.find(
    ({ place }) => place.kind === 'folder' && place.host === around.host,
  );
  const mend =
    here === undefined
      ? holdfast('policy', 'check')
      : holdfast('envelopes', 'add', pathOfCopy(here, around), '--envelope', 'password');
  const severity = waived ? 'warning' : 'critical';
  yield { code: 'single-point-of-failure', severity, words, mend };
}

export function* policyUnknown({ policyName, policy }: SecretView): Iterable<Found> {
  if (policyName === null || policy !== null) return;
  const words = `its policy ${policyName} is not in the configuration`;
  const mend = holdfast('policy', 'list');
  yield { code: 'policy-unknown', severity: 'warning', words, mend };
}

export function* policyViolated({ policyName, violations }: SecretView): Iterable<Found> {
  const mend = holdfast('policy', 'check', policyName ?? '');
  for (const words of violations)
    yield { code: 'policy-violated', severity: 'critical', words, mend };
}

/** What leaves nothing behind is only worth knowing. */
export function* interruptedJob(view: SecretView, around: Surroundings): Iterable<Found> {
  for (const { kind, beganAt } of view.interrupted) {
    const writes = kind === 'backup' || kind === 'envelopes';
    const words = `${kind}, begun at ${beganAt}, was interrupted`;
    const look = holdfast('audit', 'list', '--secret', view.name, '--action', 'job.interrupted');
    const mend = kind === 'backup' ? backUpAgain(view, around) : look;
    yield { code: 'interrupted-job', severity: writes ? 'warning' : 'note', words, mend };
  }
}
