import { Secret } from '@holdfast/core';

/** What came with a request to open or seal something with. Only ever in memory. */
export interface SecretsGiven {
  /** Opens a backup. */
  readonly password?: string | undefined;
  /** Seals one: the same for each envelope that takes one. */
  readonly newPassword?: string | undefined;
  /** age identities, one a line: `AGE-SECRET-KEY-1…`. */
  readonly identities?: string | undefined;
  /** Of custodians, to seal or open their shares. */
  readonly custodianPasswords?: Readonly<Record<string, string>> | undefined;
  /** A secret that is to be taken into the store; it stays the caller's to wipe. */
  readonly value?: Secret | undefined;
  /** Id of a quorum session whose shares open it; not secret, but on this server alone. */
  readonly session?: string | undefined;
}

/** The same as bytes that can be wiped. Disposing wipes them. */
export interface JobSecrets extends Disposable {
  readonly password: Secret | null;
  readonly newPassword: Secret | null;
  readonly identities: Secret | null;
  readonly custodianPasswords: ReadonlyMap<string, Secret>;
  readonly value: Secret | null;
  readonly session: string | null;
  /** Whether there is anything in it. */
  readonly isEmpty: boolean;
}

/** The strings that they came in cannot be wiped; the parser of JSON made them. */
export function openJobSecrets(given: SecretsGiven = {}): JobSecrets {
  const held = new DisposableStack();
  const take = (text: string | undefined): Secret | null =>
    text === undefined ? null : held.use(Secret.take(Buffer.from(text, 'utf8')));
  const custodians = Object.entries(given.custodianPasswords ?? {}).map(
    ([name, text]) => [name, held.use(Secret.take(Buffer.from(text, 'utf8')))] as const,
  );
  const password = take(given.password);
  const newPassword = take(given.newPassword);
  const identities = take(given.identities);
  const value = given.value === undefined ? null : held.use(Secret.copy(given.value.bytes));
  const session = given.session ?? null;
  return {
    ...{ password, newPassword, identities, value, session },
    custodianPasswords: new Map(custodians),
    isEmpty:
      password === null &&
      newPassword === null &&
      identities === null &&
      value === null &&
      session === null &&
      custodians.length === 0,
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}
