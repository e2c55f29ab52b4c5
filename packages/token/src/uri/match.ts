import type { KeyObject, LibraryInfo, SlotInfo } from '../ports.ts';
import type { ObjectType, TokenUri } from './token-uri.ts';

const CLASSES: Readonly<Record<ObjectType, KeyObject['class'] | null>> = {
  public: 'public',
  private: 'private',
  cert: 'certificate',
  'secret-key': 'secret',
  data: null,
};

/** Whether all that a URI says of library, slot and token is so (RFC 7512, 2.4). An empty slot is no token. */
export function matchesToken(uri: TokenUri, library: LibraryInfo, slot: SlotInfo): boolean {
  const { token } = slot;
  return (
    fieldMatches(uri['library-manufacturer'], library.manufacturer) &&
    fieldMatches(uri['library-description'], library.description) &&
    versionMatches(uri['library-version'], library.version) &&
    fieldMatches(uri['slot-manufacturer'], slot.manufacturer) &&
    fieldMatches(uri['slot-description'], slot.description) &&
    (uri['slot-id'] === undefined || BigInt(uri['slot-id']) === BigInt(slot.id)) &&
    token !== null &&
    fieldMatches(uri.token, token.label) &&
    fieldMatches(uri.manufacturer, token.manufacturer) &&
    fieldMatches(uri.serial, token.serial) &&
    fieldMatches(uri.model, token.model)
  );
}

/** Whether all that a URI says of an object is so. */
export function matchesObject(uri: TokenUri, object: KeyObject): boolean {
  return (
    (uri.type === undefined || CLASSES[uri.type] === object.class) &&
    (uri.id === undefined || uri.id === object.id) &&
    (uri.object === undefined || uri.object === object.label)
  );
}

/** The fields of PKCS#11 are padded with blanks: those at the end tell nothing. */
function fieldMatches(wanted: string | undefined, found: string): boolean {
  return wanted === undefined || unpadded(wanted) === unpadded(found);
}

function unpadded(text: string): string {
  return text.replace(/ +$/, '');
}

/** A version without its minor number has zero there. */
function versionMatches(wanted: string | undefined, found: string): boolean {
  if (wanted === undefined) return true;
  const [major, minor = 0] = wanted.split('.').map(Number);
  const [foundMajor, foundMinor = 0] = found.split('.').map(Number);
  return major === foundMajor && minor === foundMinor;
}
