import { HoldfastError, throwIfCancelled } from '@holdfast/age';
import { isPlain, type Manifest, type ManifestEnvelope } from '../backup-file/manifest.ts';
import type { BackupFile } from '../backup-file/reader.ts';
import { coreError } from '../errors.ts';
import { quorumsOf } from '../quorum/judge.ts';
import { openQuorumTrial } from '../quorum/trial.ts';
import type { Run } from '../run.ts';
import { tokenInWords } from '../tokens/claims.ts';
import { assertAgreement, type OpenedEnvelope } from './agreement.ts';
import { isForPassword, isForToken, readEnvelope, type Candidate } from './candidate.ts';
import { openOuterLayers } from './outer-layers.ts';
import { tryPasswords } from './try-passwords.ts';
import { tokenTrial, type TokenTrial } from './try-tokens.ts';

/** Some modules see a token that is new only when they begin anew. */
const LOOKS_OF_ONE_PROCESS = 3;

export interface OpeningOptions {
  /** Try every envelope, not only until one opens. */
  readonly all?: boolean;
  /** Only those that a password opens. */
  readonly withPassword?: boolean | undefined;
  /** Only those with these indexes. */
  readonly only?: readonly number[] | undefined;
  /** The alias or URI of the token to use, and no other. */
  readonly token?: string | undefined;
}

export interface Opening {
  /** They agree with the manifest and with each other. */
  readonly opened: readonly [OpenedEnvelope, ...OpenedEnvelope[]];
  readonly failures: readonly OpeningFailure[];
}

/** Why an envelope did not open although something was there to open it with. */
export interface OpeningFailure {
  readonly envelope: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Opens what can be opened with the factors at hand: first what takes no person, then what a token here opens,
 * then, asking for it, what a password opens, and the custodians of a quorum one after the other; at last it waits
 * for a token. A token that fails keeps no other envelope closed; one whose PIN was not accepted is not tried again.
 *
 * @throws WRONG_PASSWORD, FACTOR_MISSING, PARTS_MISMATCH, TOKEN_NOT_FOUND when every envelope takes a token that
 * is not here, what a token ended with when nothing else opens the backup; SHARES_MISSING, and SHARE_INVALID and its
 * like for what custodians sent
 */
export async function openEnvelopes(
  backup: BackupFile,
  { factors, tokens, signal }: Pick<Run, 'factors' | 'tokens' | 'signal'>,
  { all = false, withPassword = false, only, token }: OpeningOptions = {},
): Promise<Opening> {
  using held = new DisposableStack();
  const { manifest } = backup;
  const identities = await factors.identities();
  const keys = { identities, held, signal };
  const chosen = manifest.envelopes
    .filter((entry) => !withPassword || isForPassword(entry))
    .filter(({ index }) => only?.includes(index) !== false);
  const entries = chosen.filter(isPlain);
  const openTokens = tokens === undefined ? null : async () => await tokens.open();
  const quorums = held.use(
    openQuorumTrial(backup, quorumsOf(chosen), {
      ...{ all, factors, identities, tokens: openTokens, token, signal },
    }),
  );
  const forToken = tokens === undefined ? [] : entries.filter(isForToken);
  const opened: OpenedEnvelope[] = [];
  const asking: Candidate[] = [];
  const wrong: HoldfastError[] = [];
  const enough = (): boolean => opened.length > 0 && !all;

  const take = ({ entry, file }: Candidate): void => {
    if (isForPassword(entry)) asking.push({ entry, file });
    else if (!enough()) opened.push(readEnvelope(entry, file, manifest));
  };
  let trial: TokenTrial | null = null;
  let told = 0;
  const askPassword = async (): Promise<void> => {
    if (enough()) return;
    const { failures = [] } = trial ?? {};
    if (asking.length > 0) {
      for (const { error } of failures.slice(told)) factors.tokenFailed?.(error);
      told = failures.length;
    }
    try {
      const candidates = asking.splice(0);
      const options = { all, signal, orQuorum: entries.length < chosen.length };
      opened.push(...(await tryPasswords(candidates, manifest, factors, options)));
    } catch (error) {
      if (isCode(error, 'PASSWORD_NEEDED') && opened.length > 0) return;
      const mayBeMadeGood = isCode(error, 'PASSWORD_NEEDED', 'WRONG_PASSWORD');
      if (!mayBeMadeGood || opened.length > 0) throw error;
      wrong.push(error);
    }
  };

  for (const entry of entries.filter((each) => !isForToken(each))) {
    if (enough()) break;
    const outer = await openOuterLayers(backup, entry, keys);
    if ('file' in outer) take({ entry, file: outer.file });
  }
  if (!enough()) opened.push(...(await quorums.quietly()));
  if (!all && token === undefined && (await factors.hasPassword?.())) await askPassword();
  if (!enough() && tokens !== undefined && forToken.length > 0) {
    trial = tokenTrial(backup, forToken, await tokens.open(), { ...keys, all, token });
    (await trial.look()).forEach(take);
  }
  await askPassword();
  // Custodians who are asked have come for this: not when it opens without them.
  if (opened.length === 0) opened.push(...(await quorums.asking()));
  const isHopeful = (found: TokenTrial): boolean =>
    opened.length + wrong.length + found.failures.length + quorums.failures.length === 0 &&
    found.absent.length > 0 &&
    !quorums.wasMeant;
  for (let attempt = 1; trial !== null && isHopeful(trial); attempt += 1) {
    throwIfCancelled(signal);
    const wanted = tokensOf(trial.absent);
    const goOn = await factors.waitForToken?.({ wanted, attempt, signal });
    throwIfCancelled(signal);
    if (!goOn) break;
    if (attempt % LOOKS_OF_ONE_PROCESS === 0) await (await tokens?.open())?.startAfresh();
    (await trial.look()).forEach(take);
    await askPassword();
  }

  const [first, ...others] = opened;
  const failures = [...(trial?.failures ?? []), ...quorums.failures];
  if (first === undefined) {
    if (quorums.wasMeant || (entries.length === 0 && chosen.length > 0)) throw quorums.shortfall();
    throw failures[0]?.error ?? wrong[0] ?? (await nothingOpens(manifest, chosen, trial));
  }
  assertAgreement(opened);
  return {
    opened: [first, ...others],
    failures: failures.map(({ envelope, error: { code, message } }) => ({
      envelope,
      code,
      message,
    })),
  };
}

async function nothingOpens(
  manifest: Manifest,
  entries: readonly ManifestEnvelope[],
  trial: TokenTrial | null,
): Promise<HoldfastError> {
  const which = tokensOf(trial?.absent ?? [])
    .map(tokenInWords)
    .join(', or ');
  if (trial === null || trial.absent.length < entries.length) {
    const absent = which === '' ? '' : `; ${which} is not here`;
    const wanted = `nothing given opens this backup, which takes ${factorsOf(manifest)}${absent}`;
    return coreError('FACTOR_MISSING', wanted);
  }
  const { tokenError } = await import('@holdfast/token');
  const message =
    which === ''
      ? 'the token that opens this backup is not here'
      : `this backup takes ${which}, and it is not here`;
  return tokenError('TOKEN_NOT_FOUND', message);
}

/** Each token once; none where a discreet backup does not tell. */
function tokensOf(entries: readonly ManifestEnvelope[]): { label: string; serial: string }[] {
  const all = entries.flatMap(({ factors }) =>
    factors.flatMap((factor) =>
      factor.kind === 'token' && factor.token ? [factor.token.token] : [],
    ),
  );
  return [
    ...new Map(all.map((each) => [JSON.stringify([each.label, each.serial]), each])).values(),
  ];
}

function factorsOf({ envelopes }: Manifest): string {
  return envelopes.map(({ factors }) => factors.map(({ kind }) => kind).join(' + ')).join(', or ');
}

function isCode(error: unknown, ...codes: readonly string[]): error is HoldfastError {
  return error instanceof HoldfastError && codes.includes(String(error.code));
}
