import type { Secret } from '@holdfast/core';
import type { Terminal } from './prompt.ts';

/** What the questions are called. */
export interface Labels {
  readonly password: string;
  readonly again: string;
  readonly hint: string;
}

export const LABELS: Labels = {
  password: 'New password',
  again: 'The same again',
  hint: 'Hint, which anyone can read (Enter for none)',
};

/** As `ssoconfig` asked. */
export const ANCESTOR_LABELS: Labels = {
  password: 'Password',
  again: 'Confirm Password',
  hint: 'Password reminder',
};

/**
 * Asks for a new password until it is strong enough, or weak ones are allowed, and was typed twice alike.
 * The result is the caller's to dispose.
 */
export async function askNewPassword(
  terminal: Terminal,
  labels: Labels,
  rules: { allowWeak: boolean },
): Promise<Secret> {
  const { assessPassword } = await import('@holdfast/core');
  for (;;) {
    using held = new DisposableStack();
    const password = held.use(await terminal.password(labels.password));
    if (password.bytes.length === 0) {
      terminal.say('An empty password protects nothing.');
      continue;
    }
    const { acceptable, warning, suggestions, crackTime } = await assessPassword(password);
    const advice = [warning, ...suggestions].filter((line) => line !== '').join(' ');
    if (!acceptable && !rules.allowWeak) {
      terminal.say(`Too easy to guess (${crackTime}). ${advice}`.trim());
      continue;
    }
    terminal.say(
      acceptable
        ? `Good: it would take ${crackTime} to guess.`
        : `Weak (${crackTime}). ${advice}`.trim(),
    );
    using again = await terminal.password(labels.again);
    if (Buffer.compare(password.bytes, again.bytes) === 0) {
      held.move();
      return password;
    }
    terminal.say('These two differ.');
  }
}

/** Asks for a hint until it is one that may be read by anyone; `undefined` for none. */
export async function askHint(
  terminal: Terminal,
  labels: Labels,
  password: Secret,
): Promise<string | undefined> {
  const { checkHint } = await import('@holdfast/core');
  for (;;) {
    const hint = (await terminal.line(labels.hint)).trim();
    if (hint === '') return undefined;
    try {
      checkHint(hint, password);
      return hint;
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      terminal.say(`Choose another: ${cause.message}.`);
    }
  }
}
