import type { Guest } from './guest/guest.ts';

/** What a case is given. */
export interface Lab {
  /** A guest that has just been restored, as every other. The case disposes of it. */
  openGuest(): Promise<Guest>;
  /** Whether everything is to be tried, or only what is important. */
  readonly whole: boolean;
  /** Aborted when the case has taken too long, or the run is cancelled. */
  readonly signal: AbortSignal;
}

export interface LabCase {
  /** To choose it by: `token/pulled-reader`; `token` chooses all of that beginning. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly rule: string;
  /** Left out where only the important cases are run. */
  readonly whole?: boolean;
  /** Throws when it does not hold. Resolves to what was seen, in a few words. */
  readonly run: (lab: Lab) => Promise<string | Tried>;
}

/** What was seen, and at how many moments something was made to go wrong. */
export interface Tried {
  readonly seen: string;
  readonly tried: number;
}

/** What came of a case; `seen` is a whole report when it failed. */
export interface Outcome {
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly seen: string;
  /** At how many moments something was made to go wrong; 1, when it does not say. */
  readonly tried: number;
}
