import { HoldfastError } from '@holdfast/age';

const REMEDIES = {
  CATALOG_DAMAGED:
    'Keep the file for whoever looks into it, and run: holdfast catalog rebuild, with the media at hand.',
  CATALOG_LOST:
    'Run: holdfast catalog rebuild, with the media at hand. If there never was a catalog here, any backup makes one.',
  CATALOG_BUSY: 'Wait until the other holdfast command is done, and run this again.',
  CATALOG_TOO_NEW: 'Use the newer Holdfast that wrote it, on this machine too.',
  CATALOG_UNREACHABLE:
    'Check catalog.url in the configuration, the server, and the password in ~/.pgpass.',
  CATALOG_UNWRITABLE:
    'Make room for the state folder, or give it back to its owner; nothing that was done is lost.',
  AUDIT_BROKEN:
    'Keep the catalog as it is; compare it with an exported audit log, and find out who could write to it.',
} as const;

/** The codes that this package throws. */
export type CatalogErrorCode = keyof typeof REMEDIES;

/** Makes a typed error of this package, with the remedy that belongs to its code. */
export function catalogError(
  code: CatalogErrorCode,
  message: string,
  options?: ErrorOptions,
): HoldfastError<CatalogErrorCode> {
  return new HoldfastError(code, message, REMEDIES[code], options);
}
