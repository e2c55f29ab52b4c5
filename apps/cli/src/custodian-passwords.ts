import type { PasswordRequest, Secret } from '@holdfast/core';
import { isGiven, openGivenSecret, type SecretPlace } from './given-secret.ts';
import { askNewPassword, type Labels } from './new-password.ts';
import { ATTEMPTS, type Terminal } from './prompt.ts';
import { passwordNeeded, usageError } from './usage.ts';

export interface CustodianPasswordArgs {
  /** NAME=FILE each. */
  readonly custodianPasswordFile?: readonly string[] | undefined;
}

/** Passwords of custodians, each from a file that was given for it, else from a person. */
export interface CustodianPasswords {
  isGiven(name: string): Promise<boolean>;
  /** One to seal a share with. The result is the caller's to dispose. */
  openNew(name: string): Promise<Secret>;
  /**
   * The one that a share was sealed with; `own` is where it may be besides. `null`: there is none (left) to try.
   * The result is the caller's to dispose.
   */
  openExisting(
    name: string,
    request: PasswordRequest,
    own: SecretPlace | null,
  ): Promise<Secret | null>;
}

export function custodianPasswords(
  args: CustodianPasswordArgs,
  options: {
    readonly atTerminal: () => Promise<Terminal | null>;
    readonly note: (text: string) => void;
    readonly labels: Labels;
    readonly allowWeak: boolean;
  },
): CustodianPasswords {
  const { atTerminal, note, labels, allowWeak } = options;
  let places: Promise<ReadonlyMap<string, SecretPlace>> | undefined;

  const placeOf = async (name: string): Promise<SecretPlace | null> => {
    places ??= placesGiven(args.custodianPasswordFile ?? []);
    return (await places).get(name) ?? null;
  };
  const personFor = async (name: string): Promise<Terminal> => {
    const person = await atTerminal();
    if (person !== null) return person;
    throw await passwordNeeded(`the password of ${name} (--custodian-password-file ${name}=FILE)`);
  };

  return {
    isGiven: async (name) => (await placeOf(name)) !== null,
    async openNew(name) {
      const place = await placeOf(name);
      if (place !== null) return await openGivenSecret(place, note);
      const person = await personFor(name);
      const theirs = { ...labels, password: `${labels.password} of ${name}` };
      return await askNewPassword(person, theirs, { allowWeak });
    },
    async openExisting(name, { attempt }, own) {
      const place = (await placeOf(name)) ?? (own !== null && (await isGiven(own)) ? own : null);
      if (place !== null) return attempt > 1 ? null : await openGivenSecret(place, note);
      if (attempt > ATTEMPTS) return null;
      const person = await personFor(name);
      if (attempt > 1) person.say('Wrong password.');
      return await person.password(`Password of ${name}`);
    },
  };
}

async function placesGiven(given: readonly string[]): Promise<ReadonlyMap<string, SecretPlace>> {
  const places = new Map<string, SecretPlace>();
  for (const text of given) {
    const [, name = '', file = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (file === '') throw await usageError('--custodian-password-file takes NAME=FILE');
    if (places.has(name)) throw await usageError(`--custodian-password-file names ${name} twice`);
    places.set(name, { what: 'password', file, credential: `holdfast.password.${name}` });
  }
  return places;
}
