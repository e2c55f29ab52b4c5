import { setTimeout as sleep } from 'node:timers/promises';
import type { FactorSource } from '@holdfast/core';
import { printable } from './to-terminal.ts';
import { usageError } from './usage.ts';

type WaitForToken = NonNullable<FactorSource['waitForToken']>;

const BETWEEN = 1000;
const WITHOUT_A_PERSON = 30;
const LONGEST = 86_400;

/**
 * Says once which token is missing, and lets it be looked for about once a second: on a terminal until
 * somebody cancels, else for half a minute, or for as many `seconds` as were given.
 */
export function waitingForTokens(
  seconds: number | undefined,
  options: {
    readonly signal: AbortSignal;
    readonly hasPerson: () => Promise<boolean>;
    readonly note: (text: string) => void;
  },
): WaitForToken {
  let deadline: number | undefined;
  return async ({ wanted }) => {
    if (deadline === undefined) {
      const person = await options.hasPerson();
      const patience = seconds ?? (person ? Infinity : WITHOUT_A_PERSON);
      deadline = performance.now() + patience * 1000;
      if (patience > 0) options.note(request(wanted, person ? null : patience));
    }
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await sleep(Math.min(BETWEEN, left), undefined, { signal: options.signal });
    return true;
  };
}

/** @throws USAGE */
export async function assertWait(seconds: number | undefined): Promise<void> {
  if (seconds === undefined || (seconds >= 0 && seconds <= LONGEST)) return;
  throw await usageError(`--wait takes a number of seconds from 0 to ${LONGEST}`);
}

function request(
  wanted: readonly { readonly label: string; readonly serial: string }[],
  seconds: number | null,
): string {
  const names = wanted.map(
    ({ label, serial }) => `the token ${printable(label)} (serial ${printable(serial)})`,
  );
  const which = names.length === 0 ? 'the token' : names.join(', or ');
  return seconds === null
    ? `Insert ${which}, or press Ctrl-C.`
    : `Waiting ${String(seconds)} s for ${which} to be inserted.`;
}
