import type { Secret } from '@holdfast/age';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';

import { passwordText } from './password-text.ts';

export interface PasswordAssessment {
  /** From 0, guessed at once, to 4. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Good enough for a file that anyone may try passwords on for as long as they like. */
  readonly acceptable: boolean;
  /** A sentence, empty when there is nothing to say. */
  readonly warning: string;
  readonly suggestions: readonly string[];
  /** In words, for an attacker who tries ten thousand passwords a second. */
  readonly crackTime: string;
}

/** The estimate takes time that grows faster than the length, and the rest only makes it harder. */
const LONGEST_ASSESSED = 100;

/** Words that stand in front of whoever chooses a password here. */
const OBVIOUS: readonly string[] = [
  'holdfast',
  'backup',
  'restore',
  'master',
  'secret',
  'password',
];

let estimator: Promise<ZxcvbnFactory> | undefined;

/** Estimates with zxcvbn how hard a password is to guess. The first call loads the dictionaries. */
export async function assessPassword(password: Secret): Promise<PasswordAssessment> {
  estimator ??= loadEstimator();
  const zxcvbn = await estimator;
  const text = passwordText(password.bytes.subarray(0, 4 * LONGEST_ASSESSED));
  const { score, feedback, crackTimes } = zxcvbn.check(
    Array.from(text).slice(0, LONGEST_ASSESSED).join(''),
    [...OBVIOUS],
  );
  return {
    score,
    acceptable: score >= 3,
    warning: feedback.warning ?? '',
    suggestions: feedback.suggestions,
    crackTime: crackTimes.offlineSlowHashingXPerSecond.display,
  };
}

async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [core, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new core.ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}
