import { readFile } from 'node:fs/promises';
import type { FactorSource, Identity, PasswordRequest, PinSource, Secret } from '@holdfast/core';
import { custodiansFrom, type CustodianArgs } from './custodians-given.ts';
import { custodianPasswords } from './custodian-passwords.ts';
import { isGiven, openGivenSecret, type SecretPlace } from './given-secret.ts';
import { askHint, askNewPassword, type Labels, LABELS } from './new-password.ts';
import { pinsFrom, type PinArgs } from './pins.ts';
import { ATTEMPTS, openTerminal, type Terminal } from './prompt.ts';
import { printable } from './to-terminal.ts';
import { waitingForTokens } from './token-wait.ts';
import { passwordNeeded, unreadable } from './usage.ts';

export interface FactorArgs extends PinArgs, CustodianArgs {
  readonly passwordFile?: string | undefined;
  readonly passwordFd?: number | undefined;
  readonly newPasswordFile?: string | undefined;
  readonly identity?: readonly string[] | undefined;
  readonly allowWeakPassword?: boolean | undefined;
  /** Which token to open with, and how long to wait for it. */
  readonly token?: string | undefined;
  readonly wait?: number | undefined;
}

export interface FactorOptions {
  /** Whether --password-file and its like give the password to make, or the one to open with. */
  readonly passwordIs: 'new' | 'existing';
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  /** The secret itself comes on standard input. */
  readonly contentOnStdin?: boolean | undefined;
  readonly labels?: Labels | undefined;
  /** Whose the existing password is, when it opens a share. */
  readonly custodian?: string | undefined;
}

/** Passwords, PINs and identities from options, files, descriptors and credentials, else from a person. */
export interface Factors extends FactorSource, Disposable {
  readonly pins: PinSource;
  /**
   * Asks a person for the next new password and its hint now, before anything is begun; resolves to the
   * hint. Does nothing when the password comes from elsewhere.
   */
  prepareNewPassword(options: { askHint: boolean }): Promise<string | undefined>;
  /** Asks a person for the existing password now, so that it comes before a new one. */
  preparePassword(request: PasswordRequest): Promise<void>;
  /** The person, if there is one. */
  readonly atTerminal: () => Promise<Terminal | null>;
  /** Whether there is anything to open a backup with, without asking anybody. */
  readonly atHand: () => Promise<boolean>;
}

export function openFactors(args: FactorArgs, options: FactorOptions): Factors {
  const { signal, note, passwordIs, labels = LABELS } = options;
  const allowWeak = args.allowWeakPassword ?? false;
  const existing: SecretPlace = {
    what: 'password',
    file: args.passwordFile,
    fd: args.passwordFd,
    credential: 'holdfast.password',
  };
  const fresh: SecretPlace =
    passwordIs === 'new'
      ? existing
      : { what: 'password', file: args.newPasswordFile, credential: 'holdfast.new-password' };
  const missing = passwordIs === 'new' ? 'a password' : 'a new password (--new-password-file)';
  const held = new DisposableStack();
  const prepared: Secret[] = [];
  let preparedExisting: Secret | null = null;
  let identities: Promise<readonly Identity[]> | undefined;
  let terminal: Promise<Terminal | null> | undefined;

  const openOnce = async (): Promise<Terminal | null> =>
    held.use(await openTerminal({ signal, contentOnStdin: options.contentOnStdin ?? false }));

  const atTerminal = async (): Promise<Terminal | null> => {
    terminal ??= openOnce();
    return await terminal;
  };
  const failed = new Set<string>();
  const custodians = held.use(custodiansFrom(args));
  const theirs = custodianPasswords(args, { atTerminal, note, labels, allowWeak });
  const hasIdentities = (args.identity ?? []).length > 0;
  const pins = held.use(pinsFrom(args, { atTerminal, note }));
  const hasToken = async (): Promise<boolean> => args.token !== undefined || (await pins.isGiven());

  return {
    atTerminal,
    pins,
    tokenFailed({ message }) {
      // One token may hold several envelopes.
      failed.add(printable(message));
    },
    waitForToken: waitingForTokens(args.wait, {
      signal,
      note,
      hasPerson: async () => (await atTerminal()) !== null,
    }),
    hasPassword: async () => await isGiven(existing),
    atHand: async () =>
      hasIdentities || custodians.isGiven || (await isGiven(existing)) || (await hasToken()),
    hasPin: pins.isGiven,
    contributions: async () => await custodians.sent(),
    hasCustodianPassword: async (name) => await theirs.isGiven(name),
    async custodian(call) {
      const person = await atTerminal();
      return person === null ? null : await custodians.askWho(person, call);
    },
    async prepareNewPassword({ askHint: wanted }) {
      if (await isGiven(fresh)) return undefined;
      const person = await atTerminal();
      if (person === null) throw await passwordNeeded(missing);
      const password = held.use(await askNewPassword(person, labels, { allowWeak }));
      prepared.push(password);
      return wanted ? await askHint(person, labels, password) : undefined;
    },
    async newPassword({ custodian }) {
      if (custodian !== undefined) return await theirs.openNew(custodian);
      const ready = prepared.shift();
      if (ready !== undefined) return ready;
      if (await isGiven(fresh)) return await openGivenSecret(fresh, note);
      const person = await atTerminal();
      if (person === null) throw await passwordNeeded(missing);
      return await askNewPassword(person, labels, { allowWeak });
    },
    async preparePassword(request) {
      if ((await isGiven(existing)) || hasIdentities) return;
      const person = await atTerminal();
      if (person === null) throw await passwordNeeded();
      preparedExisting = held.use(await askPassword(person, request, labels));
    },
    async password(request) {
      const { custodian } = request;
      if (custodian !== undefined) {
        const own = custodian === options.custodian ? existing : null;
        return await theirs.openExisting(custodian, request, own);
      }
      if (preparedExisting !== null) {
        const ready = preparedExisting;
        preparedExisting = null;
        return ready;
      }
      if (await isGiven(existing)) {
        return request.attempt > 1 ? null : await openGivenSecret(existing, note);
      }
      if (hasIdentities || request.attempt > ATTEMPTS) return null;
      const person = await atTerminal();
      if (person === null) throw await passwordNeeded();
      for (const message of failed) person.say(sentence(message));
      failed.clear();
      using held = new DisposableStack();
      const typed = held.use(await askPassword(person, request, labels));
      if (request.orQuorum === true && typed.bytes.length === 0) return null;
      held.move();
      return typed;
    },
    async identities() {
      identities ??= readIdentities(args.identity ?? [], atTerminal);
      return await identities;
    },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

async function askPassword(
  person: Terminal,
  { attempt, hint, orQuorum }: PasswordRequest,
  labels: Labels,
): Promise<Secret> {
  if (attempt > 1) person.say('Wrong password.');
  else if (hint !== null) person.say(`${labels === LABELS ? 'Hint' : labels.hint} : ${hint}`);
  return await person.password(orQuorum ? 'Password (Enter for the custodians)' : 'Password');
}

async function readIdentities(
  paths: readonly string[],
  atTerminal: () => Promise<Terminal | null>,
): Promise<readonly Identity[]> {
  const all: Identity[] = [];
  for (const path of paths) {
    const { openIdentityFile } = await import('@holdfast/core');
    const bytes = await readFile(path).catch(async (cause: unknown) => {
      throw await unreadable('the identity file', path, cause);
    });
    const { identities } = await openIdentityFile(bytes, async () => {
      const person = await atTerminal();
      if (person === null) throw await passwordNeeded();
      return await person.password(`Password of ${path}`);
    });
    bytes.fill(0);
    all.push(...identities);
  }
  return all;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
