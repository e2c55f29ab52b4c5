import { HoldfastError, type Stanza } from '@holdfast/age';
import type { Enrolment, RequestOptions } from '../ports.ts';
import type { TokenUri } from '../uri/token-uri.ts';
import type { Access } from './access.ts';
import { knownFromEntry } from './find-key.ts';
import { algorithmOf, matchesEntry, type KeyEntry } from './key-entries.ts';
import { hasCode } from './has-code.ts';
import { isOfAlgorithm, isStanzaFor } from './key-stanzas.ts';
import { isOfToken, isSecretKey, knownFromRecord, type KnownKey } from './known-key.ts';
import type { FoundToken } from './reach.ts';
import { identifySecretKey } from './secret-key-id.ts';
import { TokenKey } from './token-key.ts';
import { whyUnusable } from './usability.ts';

/** What is asked: which key of these tokens are these stanzas for. */
export interface Question {
  readonly stanzas: readonly Stanza[];
  readonly wanted: KnownKey | null;
  /** Opens with no key but `wanted`. */
  readonly strict: boolean;
  /** What the user gave to narrow it. */
  readonly only: TokenUri | null;
  readonly records: readonly Enrolment[];
}

/** A key that a stanza is for. */
export interface Candidate {
  readonly key: TokenKey;
  /** The first stanza that is for it. */
  readonly stanza: number;
  /** In words, when it cannot serve. */
  readonly unusable: string | null;
}

export interface Look {
  readonly found: FoundToken;
  readonly entries: readonly KeyEntry[];
}

/** What each token shows. A token that cannot be asked stops no other; what it threw is kept. */
export async function lookAtAll(
  access: Access,
  tokens: readonly FoundToken[],
  options: RequestOptions,
): Promise<{ readonly looks: readonly Look[]; readonly failures: readonly HoldfastError[] }> {
  const failures: HoldfastError[] = [];
  const looks = await Promise.all(
    tokens.map(async (found): Promise<Look[]> => {
      try {
        return [{ found, entries: await access.look(found, options) }];
      } catch (error) {
        if (!(error instanceof HoldfastError) || hasCode(error, 'CANCELLED')) throw error;
        failures.push(error as HoldfastError);
        return [];
      }
    }),
  );
  return { looks: looks.flat(), failures };
}

/** The keys that stanzas are for, by their tags: from what the token shows, then from what is remembered of it. */
export function candidatesOf(
  access: Access,
  { found, entries }: Look,
  question: Question,
): Candidate[] {
  const { only, records, wanted } = question;
  const meant = only === null ? entries : entries.filter((entry) => matchesEntry(only, entry));
  const shown = meant.flatMap((entry): Candidate[] => {
    const known = knownFromEntry(found, entry, records);
    if (known === null) return [];
    return candidate(access, found, known, entry, question);
  });
  const remembered = [...(wanted === null ? [] : [wanted]), ...records.map(knownFromRecord)];
  const seen = new Set<string>();
  const hidden = remembered.flatMap((known): Candidate[] => {
    const { details } = known;
    if (!isOfToken(details, found.place) || seen.has(details.fingerprint)) return [];
    if (!isSecretKey(details.algorithm) && known.publicKey === null) return [];
    const entry = hiddenEntry(entries, known);
    if (entry === undefined || !isMeant(only, known)) return [];
    seen.add(details.fingerprint);
    return candidate(access, found, known, entry, question);
  });
  return [...shown, ...hidden];
}

/** `null` while only a login would show it; `undefined` when it is there with a public half, or is another kind. */
function hiddenEntry(
  entries: readonly KeyEntry[],
  { details }: KnownKey,
): KeyEntry | null | undefined {
  const kind = isSecretKey(details.algorithm) ? 'secret' : 'private';
  const same = entries.filter((entry) => entry.class === kind && entry.id === details.id);
  const entry = same.find(({ label }) => label === details.label) ?? same[0];
  if (entry === undefined) return null;
  return entry.publicKey === null ? entry : undefined;
}

function isMeant(only: TokenUri | null, { details }: KnownKey): boolean {
  return (
    only === null ||
    ((only.object === undefined || only.object === details.label) &&
      (only.id === undefined || only.id === details.id))
  );
}

function candidate(
  access: Access,
  found: FoundToken,
  known: KnownKey,
  entry: KeyEntry | null,
  { stanzas, wanted, strict, only, records }: Question,
): Candidate[] {
  if (strict && wanted?.details.fingerprint !== known.details.fingerprint) return [];
  const stanza = stanzas.findIndex((one) => isStanzaFor(one, known));
  if (stanza === -1) return [];
  const key = new TokenKey(found, known, entry, access.guard(found, only));
  const record = records.find(
    ({ details }) =>
      isOfToken(details, found.place) && details.fingerprint === known.details.fingerprint,
  );
  if (record !== undefined) access.ways.recall(key, record);
  return [{ key, stanza, unusable: entry === null ? null : whyUnusable(entry, null) }];
}

/** Whether the token has, under the id of the wanted key, one with another public half. */
export function isMismatch({ found, entries }: Look, { wanted, stanzas }: Question): boolean {
  if (wanted === null || !isOfToken(wanted.details, found.place)) return false;
  const { id, fingerprint, algorithm } = wanted.details;
  if (id === '' || !stanzas.some((stanza) => isOfAlgorithm(stanza, algorithm))) return false;
  const same = entries
    .filter((entry) => entry.id === id)
    .map((entry) => knownFromEntry(found, entry, []))
    .filter((known) => known !== null);
  return same.length > 0 && same.every(({ details }) => details.fingerprint !== fingerprint);
}

/** Whether a login to this token could show the key, which cannot be seen now and is not remembered. */
export function mayBeHidden({ found, entries }: Look, question: Question): boolean {
  const { wanted, only, stanzas, records } = question;
  const shows = (meant: (entry: KeyEntry) => boolean): boolean =>
    entries.some((entry) => entry.publicKey !== null && meant(entry));
  if (wanted !== null && isOfToken(wanted.details, found.place)) {
    const { id, algorithm } = wanted.details;
    // Of a secret key its id is known, and has told already whether a stanza is for it.
    if (isSecretKey(algorithm)) return false;
    if (wanted.publicKey === null && !shows((entry) => entry.id === id)) {
      return stanzas.some((stanza) => isOfAlgorithm(stanza, algorithm));
    }
  }
  if (only === null || shows((entry) => matchesEntry(only, entry))) return false;
  // A URI that says what kind of key it means excludes stanzas of the other.
  const secret = stanzas.some((stanza) => isOfAlgorithm(stanza, 'aes'));
  const pair = stanzas.some((stanza) => !isOfAlgorithm(stanza, 'aes'));
  if (only.type !== undefined && !(only.type === 'secret-key' ? secret : pair)) return false;
  const remembered = records.map(knownFromRecord);
  return !remembered.some((known) => isOfToken(known.details, found.place) && isMeant(only, known));
}

/** The secret keys of an open token, told by their ids, which the token computes. */
export async function secretCandidates(
  access: Access,
  { found, entries }: Look,
  question: Question,
  options: RequestOptions,
): Promise<Candidate[]> {
  const { only, stanzas } = question;
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    const algorithm = algorithmOf(entry);
    if (algorithm === null || !stanzas.some((one) => isOfAlgorithm(one, algorithm))) continue;
    if (only !== null && !matchesEntry(only, entry)) continue;
    if (whyUnusable(entry, null) !== null) continue;
    const known = await identifySecretKey(access, found, entry, only, options);
    if (known !== null) candidates.push(...candidate(access, found, known, entry, question));
  }
  return candidates;
}
