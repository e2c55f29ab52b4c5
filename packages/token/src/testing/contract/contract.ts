import { KEY_CHECKS } from './key-checks.ts';
import { PIN_CHECKS } from './pin-checks.ts';
import type { ContractSubject } from './subject.ts';
import { TOKEN_CHECKS } from './token-checks.ts';

/** A rule that every module, token and key must keep, tied to those at hand. */
export interface Check {
  readonly name: string;
  /** URI of the key that it is about; `null` when it is about the token. */
  readonly key: string | null;
  /** Throws when the rule is broken. */
  run(): Promise<void>;
}

/** All checks that apply, in the order to run them in: those that spend PIN tries come last. */
export function contract(subject: ContractSubject): Check[] {
  const ofToken = (checks: typeof TOKEN_CHECKS): Check[] =>
    checks
      .filter((check) => check.applies(subject))
      .map(({ name, run }) => ({ name, key: null, run: async () => await run(subject) }));
  return [
    ...ofToken(TOKEN_CHECKS),
    ...subject.keys.flatMap((key) =>
      KEY_CHECKS.filter((check) => check.applies(key)).map(({ name, run }) => ({
        name: `${key.algorithm ?? 'a key'} "${key.label}" ${name}`,
        key: key.uri,
        run: async () => await run(subject, key),
      })),
    ),
    ...ofToken(PIN_CHECKS),
  ];
}
