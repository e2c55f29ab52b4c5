import type { KeyAlgorithm, KeyObject } from '../ports.ts';
import { matchesObject } from '../uri/match.ts';
import type { TokenUri } from '../uri/token-uri.ts';
import { pairAlgorithm } from './known-key.ts';

/** One key of a token, out of the objects that make it up. */
export interface KeyEntry {
  readonly class: 'private' | 'secret';
  readonly label: string;
  readonly id: string;
  /** The private or secret key itself; `null` while only a login would show it. */
  readonly own: KeyObject | null;
  /** DER SubjectPublicKeyInfo, from a public key or a certificate beside it, or from itself. */
  readonly publicKey: Uint8Array | null;
  readonly objects: readonly KeyObject[];
}

/**
 * The keys that a token shows. A public half without a private one stands for a key only as long as a login
 * might show that: `allVisible` says that it could not.
 */
export function keyEntries(objects: readonly KeyObject[], allVisible: boolean): KeyEntry[] {
  const halves = objects.filter(
    (object) => object.publicKey !== null && object.class !== 'private',
  );
  const used = new Set<KeyObject>();
  const own = objects.flatMap((object): KeyEntry[] => {
    if (object.class === 'secret') return [entryOf('secret', object, [])];
    if (object.class !== 'private') return [];
    const beside = halvesOf(object, halves);
    for (const half of halves) if (beside.includes(half)) used.add(half);
    return [entryOf('private', object, beside)];
  });
  if (allVisible) return own;
  const rest = halves.filter((half) => !used.has(half));
  const hidden: KeyEntry[] = [];
  for (const half of rest) {
    if (hidden.some((entry) => entry.objects.includes(half))) continue;
    hidden.push(entryOf('private', null, halvesOf(half, rest)));
  }
  return [...own, ...hidden];
}

/** What belongs to a key: the same id, or without one the same label, and the same type; public keys first. */
function halvesOf(key: KeyObject, halves: readonly KeyObject[]): KeyObject[] {
  const near = halves.filter(
    (half) =>
      half.type === key.type && half.id === key.id && (key.id !== '' || half.label === key.label),
  );
  // Two keys with one id: only the label can tell.
  const labelled = near.filter((half) => half.label === key.label);
  const several = new Set(near.filter(isPublicObject).map(publicKeyText)).size > 1;
  const found = several && labelled.length > 0 ? labelled : near;
  return [...found.filter(isPublicObject), ...found.filter((half) => !isPublicObject(half))];
}

function isPublicObject(object: KeyObject): boolean {
  return object.class === 'public';
}

function publicKeyText(object: KeyObject): string {
  return Buffer.from(object.publicKey ?? []).toString('hex');
}

function entryOf(
  kind: 'private' | 'secret',
  own: KeyObject | null,
  halves: readonly KeyObject[],
): KeyEntry {
  const named = own ?? halves[0];
  return {
    class: kind,
    label: named?.label ?? '',
    id: named?.id ?? '',
    own,
    publicKey: halves[0]?.publicKey ?? own?.publicKey ?? null,
    objects: own === null ? halves : [own, ...halves],
  };
}

/** The kind of key that can hold a backup, as far as can be told; `null` for all others. */
export function algorithmOf({ own, publicKey }: KeyEntry): KeyAlgorithm | null {
  if (publicKey !== null) return pairAlgorithm(publicKey);
  if (own === null) return null;
  const { type, bits } = own;
  if (type === 'aes') return 'aes';
  if (type === 'generic') return bits === null || bits >= 128 ? 'hmac' : null;
  if (type === 'ec') return bits === null || bits === 256 ? 'p256' : null;
  if (type === 'rsa') return bits === null || (bits >= 2048 && bits <= 4096) ? 'rsa' : null;
  return null;
}

/** Whether a URI means a key. Its label and id may be those of any object of it. */
export function matchesEntry(uri: TokenUri, entry: KeyEntry): boolean {
  if (uri.type === 'data' || (uri.type === 'secret-key') !== (entry.class === 'secret')) {
    // Without a type, secret keys are meant too.
    if (uri.type !== undefined) return false;
  }
  const rest = { ...uri, type: undefined };
  return entry.objects.some((object) => matchesObject(rest, object));
}
