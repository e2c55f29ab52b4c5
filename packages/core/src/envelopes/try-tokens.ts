import type { HoldfastError } from '@holdfast/age';
import type { ManifestToken, PlainEnvelope } from '../backup-file/manifest.ts';
import type { BackupFile } from '../backup-file/reader.ts';
import type { SharedTokens } from '../tokens/access.ts';
import { isAboutPin, isSameToken, isTokenFailure } from '../tokens/failure.ts';
import { isForPassword, type Candidate } from './candidate.ts';
import { openOuterLayers, type OuterKeys } from './outer-layers.ts';

/** An envelope whose token was there, and failed. */
export interface TokenFailure {
  readonly envelope: number;
  readonly error: HoldfastError;
}

export interface TokenTrial {
  /** Those whose token was not here when it was looked for last. */
  readonly absent: readonly PlainEnvelope[];
  readonly failures: readonly TokenFailure[];
  /**
   * Looks for the tokens of those that are absent. Spends at most one PIN try a token in the life of the
   * trial. Resolves to what was opened so far; without `all` it stops at the first token that helps.
   */
  look(): Promise<Candidate[]>;
}

export interface TokenTrialOptions extends Pick<OuterKeys, 'identities' | 'held' | 'signal'> {
  readonly all: boolean;
  /** The alias or URI of the token to use, and no other. */
  readonly token: string | undefined;
}

/** Tries the envelopes for tokens, those first that take nothing else. */
export function tokenTrial(
  backup: Pick<BackupFile, 'envelopes'>,
  entries: readonly PlainEnvelope[],
  tokens: SharedTokens,
  { all, token: only, ...keys }: TokenTrialOptions,
): TokenTrial {
  const failures: TokenFailure[] = [];
  const refused: { readonly tokens: readonly ManifestToken[]; readonly error: HoldfastError }[] =
    [];
  let absent = entries.toSorted((a, b) => Number(isForPassword(a)) - Number(isForPassword(b)));
  const ofToken = (factor: ManifestToken) => tokens.identity(factor.token, { only });

  async function open(entry: PlainEnvelope): Promise<Candidate | 'absent' | 'shut'> {
    // No PIN is spent on an envelope that would stay shut all the same.
    const inner = entry.factors.some(({ kind }) => kind === 'recipient');
    if (inner && keys.identities.length === 0) return 'shut';
    const opened = await openOuterLayers(backup, entry, { ...keys, ofToken });
    if ('file' in opened) return { entry, file: opened.file };
    return opened.missing === 'token' ? 'absent' : 'shut';
  }

  async function tryOne(entry: PlainEnvelope): Promise<Candidate | 'absent' | 'shut'> {
    const holders = tokenFactors(entry);
    const known = refused.find((each) => mayShareToken(each.tokens, holders));
    if (known !== undefined) {
      failures.push({ envelope: entry.index, error: known.error });
      return 'shut';
    }
    try {
      return await open(entry);
    } catch (error) {
      if (!isTokenFailure(error)) throw error;
      if (error.code === 'TOKEN_NOT_FOUND') return 'absent';
      failures.push({ envelope: entry.index, error });
      if (isAboutPin(error)) refused.push({ tokens: holders, error });
      return 'shut';
    }
  }

  return {
    get absent() {
      return absent;
    },
    failures,
    async look() {
      const found: Candidate[] = [];
      const still: PlainEnvelope[] = [];
      for (const entry of absent) {
        const [first] = found;
        const helped =
          first !== undefined &&
          !(isForPassword(first.entry) && takesSameToken(first.entry, entry));
        const outcome = !all && helped ? 'absent' : await tryOne(entry);
        if (outcome === 'absent') still.push(entry);
        else if (outcome !== 'shut') found.push(outcome);
      }
      absent = still;
      return found;
    },
  };
}

function tokenFactors({ factors }: PlainEnvelope): readonly ManifestToken[] {
  return factors.filter((factor) => factor.kind === 'token');
}

/** Whether both surely take one token: its PIN was given already. */
function takesSameToken(one: PlainEnvelope, other: PlainEnvelope): boolean {
  const first = tokenFactors(one)[0]?.token ?? null;
  const second = tokenFactors(other)[0]?.token ?? null;
  return first !== null && second !== null && isSameToken(first, second);
}

function mayShareToken(some: readonly ManifestToken[], others: readonly ManifestToken[]): boolean {
  return some.some(({ token: one }) =>
    others.some(({ token: other }) => one === null || other === null || isSameToken(one, other)),
  );
}
