import type { PinRequest, PinSource, Secret } from '@holdfast/core';
import { isGiven, openGivenSecret, type SecretPlace } from './given-secret.ts';
import type { Terminal } from './prompt.ts';
import { printable } from './to-terminal.ts';

export interface PinArgs {
  readonly pinFile?: string | undefined;
  readonly pinFd?: number | undefined;
}

/** PINs, and whether one was given by other means than the keyboard. */
export interface Pins extends PinSource, Disposable {
  isGiven(this: void): Promise<boolean>;
}

/**
 * PINs from a file, a descriptor or a credential, else from a person. One that was given is not given to the
 * same token again once that token has seen a wrong one.
 */
export function pinsFrom(
  args: PinArgs,
  options: {
    readonly atTerminal: () => Promise<Terminal | null>;
    readonly note: (text: string) => void;
  },
): Pins {
  const place: SecretPlace = {
    what: 'PIN',
    file: args.pinFile,
    fd: args.pinFd,
    credential: 'holdfast.pin',
  };
  const held = new DisposableStack();
  const given = new Set<string>();
  let stored: Promise<Secret> | undefined;

  // A descriptor can be read only once, and several tokens may want it.
  const openOnce = async (): Promise<Secret> =>
    held.use(await openGivenSecret(place, options.note));

  return {
    isGiven: async () => await isGiven(place),
    async pin(request) {
      if (await isGiven(place)) {
        const to = JSON.stringify([request.token.label, request.token.serial]);
        if (given.has(to) && request.tries !== 'full') return null;
        given.add(to);
        stored ??= openOnce();
        const { Secret } = await import('@holdfast/core');
        return { pin: Secret.copy((await stored).bytes), typed: false };
      }
      const person = await options.atTerminal();
      if (person === null) return null;
      if (request.tries !== 'full') {
        person.say('A wrong PIN was given before. Be sure of it: few tries are left.');
      }
      return { pin: await person.password(`PIN of ${tokenInWords(request)}`), typed: true };
    },
    async confirmLastTry(request) {
      const person = await options.atTerminal();
      if (person === null) return false;
      person.say(`One more wrong PIN locks ${tokenInWords(request)}.`);
      const answer = await person.line('Spend the last try? Type yes to do so');
      return answer.trim().toLowerCase() === 'yes';
    },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

function tokenInWords({ token }: PinRequest): string {
  return `token ${printable(token.label)} (serial ${printable(token.serial)})`;
}
