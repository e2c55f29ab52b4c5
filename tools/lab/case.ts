import type { Guest } from './guest/guest.ts';

/** What a case is given. */
export interface Lab {
  /** A guest that has just been restored, as every other. The case disposes of it. */
  openGuest(): Promise<Guest>;
  /** Aborted when the case has taken too long, or the run is cancelled. */
  readonly signal: AbortSignal;
}

export interface LabCase {
  /** To choose it by: `token/pulled-reader`; `token` chooses all of that beginning. */
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly rule: string;
  /** Throws when it does not hold. Resolves to what was seen, in a few words. */
  readonly run: (lab: Lab) => Promise<string>;
}

/** What came of a case; `seen` is a whole report when it failed. */
export interface Outcome {
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly seen: string;
}
