import type { Finding } from './report.ts';
import type { SecretView, Surroundings } from './view.ts';

/** A finding about whatever a rule looks at. */
export type Found = Omit<Finding, 'secret'>;

/** Looks at one secret, and says what is not as it should be about one thing. */
export type Rule = (view: SecretView, around: Surroundings) => Iterable<Found>;
