import type { Enrolment, KeyReport, RequestOptions, TokenReport } from '../ports.ts';
import { formatTokenUri } from '../uri/format.ts';
import type { TokenUri } from '../uri/token-uri.ts';
import type { Access } from './access.ts';
import { knownFromEntry } from './find-key.ts';
import { algorithmOf, type KeyEntry } from './key-entries.ts';
import { isOfToken, isSecretKey, knownFromRecord, type KnownKey } from './known-key.ts';
import type { NamedKey } from './names.ts';
import type { FoundToken } from './reach.ts';
import { recipientOf } from './recipients.ts';
import { identifySecretKey } from './secret-key-id.ts';
import { custodyWarnings, whyUnusable } from './usability.ts';
import { wantedKey } from './wanted-key.ts';

/** All that a token shows of itself; with a login, which may ask for its PIN, all that it has. */
export async function reportToken(
  access: Access,
  { uri }: NamedKey,
  login: boolean,
  options: RequestOptions,
): Promise<TokenReport> {
  const { object: _object, id: _id, type: _type, ...token } = uri;
  const found = await access.theToken(token, options);
  if (login) await access.logIn(found, null, uri, options);
  const { module, place, slot } = found;
  const mechanisms = await module.mechanisms(slot.id, options);
  const records = (await access.remembered()).filter(({ details }) => isOfToken(details, place));
  const entries = await access.look(found, options);
  const { label, serial } = place;
  const keys: KeyReport[] = [];
  for (const entry of entries) {
    const cannot = whyUnusable(entry, mechanisms);
    let known = knownFromEntry(found, entry, records) ?? recordedSecret(entry, records);
    // Enrolled keys are known by their record; to any other a public half is missing.
    const bare = known === null && entry.class === 'private';
    const unusable = cannot ?? (bare ? 'its public half is not on the token' : null);
    // The login that was asked for serves all but a key that wants its PIN at every use.
    if (login && unusable === null && entry.own?.alwaysAuthenticate === false) {
      known ??= await identifySecretKey(access, found, entry, uri, options);
    }
    const takes = known === null || unusable !== null ? null : recipientText(access, known);
    keys.push(reportKey(found, entry, { known, unusable, takes, entries }));
  }
  return {
    module: module.path,
    slot: slot.id,
    uri: formatTokenUri({ token: label, serial }),
    token: slot.token,
    loggedIn: await module.isLoggedIn(place, options),
    mechanisms,
    keys,
  };
}

function reportKey(
  { place }: FoundToken,
  entry: KeyEntry,
  told: {
    readonly known: KnownKey | null;
    readonly unusable: string | null;
    readonly takes: string | null;
    readonly entries: readonly KeyEntry[];
  },
): KeyReport {
  const { own, objects } = entry;
  const sameId = told.entries.filter((other) => other.id === entry.id);
  const uri: TokenUri = {
    token: place.label,
    serial: place.serial,
    ...(entry.id === '' ? {} : { id: entry.id }),
    ...(entry.id === '' || sameId.length > 1 ? { object: entry.label } : {}),
    ...(sameId.some((other) => other.class !== entry.class)
      ? { type: entry.class === 'secret' ? ('secret-key' as const) : ('private' as const) }
      : {}),
  };
  return {
    label: entry.label,
    id: entry.id,
    algorithm: algorithmOf(entry),
    bits: objects.find(({ bits }) => bits !== null)?.bits ?? null,
    fingerprint: told.known?.details.fingerprint ?? null,
    recipient: told.takes,
    uri: formatTokenUri(uri),
    unusable: told.unusable,
    alwaysAuthenticate: own?.alwaysAuthenticate ?? false,
    claims: own?.claims ?? null,
    warnings: own === null ? [] : custodyWarnings(own.claims),
  };
}

/** A secret key shows nothing to tell it by; a record of enrolment does. */
function recordedSecret(entry: KeyEntry, records: readonly Enrolment[]): KnownKey | null {
  const record = records.find(
    ({ details }) =>
      isSecretKey(details.algorithm) &&
      details.algorithm === algorithmOf(entry) &&
      details.id === entry.id &&
      details.label === entry.label,
  );
  return record === undefined ? null : knownFromRecord(record);
}

function recipientText(access: Access, known: KnownKey): string {
  return recipientOf(known, async (options) => await wantedKey(access, known, options)).toString();
}
