/**
 * A PKCS#11 URI (RFC 7512), its attributes by the names that they have there. One that is missing matches
 * everything; an empty one matches only what is empty.
 */
export interface TokenUri {
  readonly token?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly serial?: string | undefined;
  readonly model?: string | undefined;
  readonly 'library-manufacturer'?: string | undefined;
  readonly 'library-description'?: string | undefined;
  /** As in "3" or "2.40". */
  readonly 'library-version'?: string | undefined;
  /** CKA_LABEL. */
  readonly object?: string | undefined;
  readonly type?: ObjectType | undefined;
  /** CKA_ID in lower-case hexadecimal. */
  readonly id?: string | undefined;
  readonly 'slot-manufacturer'?: string | undefined;
  readonly 'slot-description'?: string | undefined;
  /** CK_SLOT_ID in decimal. */
  readonly 'slot-id'?: string | undefined;
  readonly 'pin-source'?: string | undefined;
  readonly 'module-name'?: string | undefined;
  readonly 'module-path'?: string | undefined;
  /** Attributes of the query that the RFC leaves to vendors, in their order. They say nothing to us. */
  readonly vendor?: readonly VendorAttribute[] | undefined;
}

export interface VendorAttribute {
  readonly name: string;
  readonly value: string;
}

export const OBJECT_TYPES = ['public', 'private', 'cert', 'secret-key', 'data'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** In the order in which they are written. */
export const PATH_ATTRIBUTES = [
  'library-manufacturer',
  'library-description',
  'library-version',
  'slot-manufacturer',
  'slot-description',
  'slot-id',
  'manufacturer',
  'model',
  'serial',
  'token',
  'id',
  'object',
  'type',
] as const satisfies readonly (keyof TokenUri)[];
export type PathAttribute = (typeof PATH_ATTRIBUTES)[number];

/** Whoever names them has a module run or a file read: only a URI that the user gave may. */
export const TRUSTED_ATTRIBUTES = [
  'pin-source',
  'module-name',
  'module-path',
] as const satisfies readonly (keyof TokenUri)[];
export type TrustedAttribute = (typeof TRUSTED_ATTRIBUTES)[number];
