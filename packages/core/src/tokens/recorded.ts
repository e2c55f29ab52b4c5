import type { CatalogEvent } from '@holdfast/catalog';
import type { KeyDetails, Tokens } from '@holdfast/token';
import type { Recorder } from '../ports.ts';
import { codeOf } from '../record/code-of.ts';
import { tokenInWords } from './claims.ts';

type TokenAction = 'token.enroll' | 'token.test' | 'token.forget' | 'token.generate-key';

/** Told of a key: its token in words, and its fingerprint. */
interface Told {
  readonly token: string;
  readonly fingerprint: string | null;
}

/** The same tokens; what is done to their keys and enrolments enters the audit log, failures too. */
export function recordedTokens(tokens: Tokens, recorder: Recorder): Tokens {
  async function recorded<Result>(
    action: TokenAction,
    name: string,
    alias: string | null,
    work: () => Promise<Result>,
    tell: (result: Result) => Told,
  ): Promise<Result> {
    const event = (outcome: string, { token, fingerprint }: Told): CatalogEvent => ({
      ...{ action, outcome, token },
      detail: { alias, fingerprint },
    });
    let result: Result;
    try {
      result = await work();
    } catch (cause) {
      await recorder.record([
        event(codeOf(cause), { token: withoutQuery(name), fingerprint: null }),
      ]);
      throw cause;
    }
    await recorder.record([event('ok', tell(result))]);
    return result;
  }

  return {
    ...tokens,
    enroll: async (alias, name, options) =>
      await recorded(
        'token.enroll',
        name,
        alias,
        async () => await tokens.enroll(alias, name, options),
        tell,
      ),
    test: async (name, options) =>
      await recorded('token.test', name, null, async () => await tokens.test(name, options), tell),
    generateKey: async (name, key, options) =>
      await recorded(
        'token.generate-key',
        name,
        null,
        async () => await tokens.generateKey(name, key, options),
        tell,
      ),
    forget: async (alias) => {
      await recorded(
        'token.forget',
        alias,
        alias,
        async () => {
          await tokens.forget(alias);
        },
        () => ({ token: alias, fingerprint: null }),
      );
    },
  };
}

function tell({ details }: { readonly details: KeyDetails }): Told {
  return { token: tokenInWords(details.token), fingerprint: details.fingerprint };
}

/** The query of an RFC 7512 URI is where people put PINs. */
function withoutQuery(name: string): string {
  return name.split('?', 1)[0] ?? '';
}
