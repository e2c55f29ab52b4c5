/** The numbers of PKCS#11 2.40 that this package says or understands. */
export const CKF = {
  OS_LOCKING_OK: 0x2,
  RW_SESSION: 0x2,
  SERIAL_SESSION: 0x4,
  TOKEN_PRESENT: 0x1,
} as const;

/** Flags of CK_TOKEN_INFO. */
export const TOKEN_FLAG = {
  WRITE_PROTECTED: 0x2,
  LOGIN_REQUIRED: 0x4,
  USER_PIN_INITIALIZED: 0x8,
  PROTECTED_AUTHENTICATION_PATH: 0x100,
  TOKEN_INITIALIZED: 0x400,
  USER_PIN_COUNT_LOW: 0x10000,
  USER_PIN_FINAL_TRY: 0x20000,
  USER_PIN_LOCKED: 0x40000,
  USER_PIN_TO_BE_CHANGED: 0x80000,
} as const;

/** Flags of CK_MECHANISM_INFO, by our names. */
export const MECHANISM_FLAG = {
  hw: 0x1,
  decrypt: 0x200,
  sign: 0x800,
  generate: 0x8000,
  'generate-pair': 0x10000,
  unwrap: 0x40000,
  derive: 0x80000,
} as const;

export const CKU = { USER: 1, CONTEXT_SPECIFIC: 2 } as const;

export const CKS = { RO_USER_FUNCTIONS: 1, RW_USER_FUNCTIONS: 3 } as const;

export const CKO = { CERTIFICATE: 1, PUBLIC_KEY: 2, PRIVATE_KEY: 3, SECRET_KEY: 4 } as const;

export const CKK = {
  RSA: 0x0,
  EC: 0x3,
  GENERIC_SECRET: 0x10,
  AES: 0x1f,
  SHA256_HMAC: 0x2b,
} as const;

export const CKA = {
  CLASS: 0x0,
  TOKEN: 0x1,
  PRIVATE: 0x2,
  LABEL: 0x3,
  VALUE: 0x11,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SENSITIVE: 0x103,
  DECRYPT: 0x105,
  UNWRAP: 0x107,
  SIGN: 0x108,
  DERIVE: 0x10c,
  MODULUS: 0x120,
  MODULUS_BITS: 0x121,
  PUBLIC_EXPONENT: 0x122,
  VALUE_LEN: 0x161,
  EXTRACTABLE: 0x162,
  LOCAL: 0x163,
  NEVER_EXTRACTABLE: 0x164,
  ALWAYS_SENSITIVE: 0x165,
  EC_PARAMS: 0x180,
  EC_POINT: 0x181,
  ALWAYS_AUTHENTICATE: 0x202,
} as const;

export const CKM = {
  RSA_PKCS_KEY_PAIR_GEN: 0x0,
  RSA_X_509: 0x3,
  RSA_PKCS_OAEP: 0x9,
  SHA_1: 0x220,
  SHA256: 0x250,
  SHA256_HMAC: 0x251,
  GENERIC_SECRET_KEY_GEN: 0x350,
  EC_KEY_PAIR_GEN: 0x1040,
  ECDH1_DERIVE: 0x1050,
  AES_KEY_GEN: 0x1080,
  AES_CMAC: 0x108a,
} as const;

export const CKG = { MGF1_SHA1: 1, MGF1_SHA256: 2 } as const;
export const CKD_NULL = 1;
export const CKZ_DATA_SPECIFIED = 1;

/** What pkcs11js calls the kinds of mechanism parameters. */
export const CK_PARAMS = { RSA_OAEP: 4, EC_DH: 6 } as const;
