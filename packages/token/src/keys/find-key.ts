import { tokenError } from '../errors.ts';
import type { Enrolment, RequestOptions } from '../ports.ts';
import type { Access } from './access.ts';
import { algorithmOf, matchesEntry, type KeyEntry } from './key-entries.ts';
import {
  fingerprintOf,
  isOfToken,
  isSecretKey,
  knownFromRecord,
  type KnownKey,
} from './known-key.ts';
import type { NamedKey } from './names.ts';
import type { FoundToken } from './reach.ts';
import { identifySecretKey } from './secret-key-id.ts';
import { TokenKey } from './token-key.ts';
import { whyUnusable } from './usability.ts';

/**
 * The key that a name means, on a token that is here. A PIN is asked for only when nothing that can be seen
 * without one, and no record, tells of the key.
 */
export async function findKey(
  access: Access,
  named: NamedKey,
  options: RequestOptions,
  { remembered } = { remembered: true },
): Promise<TokenKey> {
  const found = await access.theToken(named.uri, options);
  const records = remembered ? await recordsOf(access, named, found) : [];
  let entry = theEntry(named, await access.look(found, options));
  if (entry === null || (entry.own === null && entry.publicKey === null)) {
    const record = recordFor(named, records);
    if (record !== null) {
      const guard = access.guard(found, named.uri);
      const key = new TokenKey(found, knownFromRecord(record), null, guard);
      access.ways.recall(key, record);
      return key;
    }
    await access.logIn(found, null, named.uri, options);
    entry = theEntry(named, await access.look(found, options));
  }
  if (entry === null) {
    const message = `the token "${found.place.label}" has no key that the name means`;
    throw tokenError('KEY_NOT_FOUND', message);
  }
  const mechanisms = await found.module.mechanisms(found.slot.id, options);
  const why = whyUnusable(entry, mechanisms);
  if (why !== null) {
    throw tokenError('KEY_UNUSABLE', `the key "${entry.label}" cannot serve: ${why}`);
  }
  const key = await describe(access, named, found, entry, records, options);
  const enrolled = named.enrolment?.details;
  if (enrolled !== undefined && enrolled.fingerprint !== key.known.details.fingerprint) {
    const message = `the key "${entry.label}" is not the one that was enrolled as "${named.name}"`;
    throw tokenError('KEY_MISMATCH', message);
  }
  return key;
}

/** Throws KEY_AMBIGUOUS. Pairs come before secret keys, which are mostly hidden: what a login shows must not change the answer. */
function theEntry({ uri }: NamedKey, entries: readonly KeyEntry[]): KeyEntry | null {
  const meant = entries.filter((entry) => matchesEntry(uri, entry));
  const pairs = meant.filter((entry) => entry.class === 'private');
  const kind = pairs.length > 0 ? pairs : meant;
  // Whoever names no key means the one that can serve.
  const named = uri.object !== undefined || uri.id !== undefined;
  const serving = kind.filter((entry) => whyUnusable(entry, null) === null);
  const matching = named || serving.length === 0 ? kind : serving;
  if (matching.length > 1) {
    const labels = matching.map(({ label, id }) => `"${label}" (id ${id})`);
    throw tokenError('KEY_AMBIGUOUS', `this could be any of the keys ${labels.join(', ')}`);
  }
  return matching[0] ?? null;
}

async function recordsOf(
  access: Access,
  { enrolment }: NamedKey,
  found: FoundToken,
): Promise<readonly Enrolment[]> {
  if (enrolment !== null) return isOfToken(enrolment.details, found.place) ? [enrolment] : [];
  const all = await access.remembered();
  return all.filter(({ details }) => isOfToken(details, found.place));
}

/** The one record that a name can mean, when the key itself is hidden. */
function recordFor({ uri }: NamedKey, records: readonly Enrolment[]): Enrolment | null {
  const meant = records.filter(
    ({ details }) =>
      (uri.object === undefined || uri.object === details.label) &&
      (uri.id === undefined || uri.id === details.id) &&
      (uri.type === undefined ||
        uri.type === (isSecretKey(details.algorithm) ? 'secret-key' : 'private')),
  );
  const keys = new Set(meant.map(({ details }) => details.fingerprint));
  return keys.size === 1 ? (meant[0] ?? null) : null;
}

async function describe(
  access: Access,
  { uri }: NamedKey,
  found: FoundToken,
  entry: KeyEntry,
  records: readonly Enrolment[],
  options: RequestOptions,
): Promise<TokenKey> {
  const guard = access.guard(found, uri);
  const known = knownFromEntry(found, entry, records);
  if (known !== null) return new TokenKey(found, known, entry, guard);
  const secret = await identifySecretKey(access, found, entry, uri, options);
  if (secret !== null) return new TokenKey(found, secret, entry, guard);
  const message = `the key "${entry.label}" cannot serve: its public half is not on the token`;
  throw tokenError('KEY_UNUSABLE', message);
}

/** `null` when the key shows no public half: a secret key has none. */
export function knownFromEntry(
  found: FoundToken,
  entry: KeyEntry,
  records: readonly Enrolment[],
): KnownKey | null {
  const algorithm = algorithmOf(entry);
  if (algorithm === null || entry.publicKey === null) return null;
  const fingerprint = fingerprintOf(entry.publicKey);
  const { label, serial } = found.place;
  const details = { token: { label, serial }, label: entry.label, id: entry.id, algorithm };
  const record = records.find((one) => one.details.fingerprint === fingerprint);
  const kemHash = record === undefined ? null : knownFromRecord(record).kemHash;
  return { details: { ...details, fingerprint }, publicKey: entry.publicKey, kemHash };
}
