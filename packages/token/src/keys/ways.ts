/** The ways in which a key could work, in words: as they are shown, and as enrolments record them. */
export const WAYS = {
  agree: 'ECDH on the token',
  oaep: 'OAEP with SHA-256 and a label on the token',
  raw: 'raw RSA on the token, padding checked here',
  kemSha256: 'OAEP with SHA-256 on the token',
  kemSha1: 'OAEP with SHA-1 on the token',
  cmac: 'AES-CMAC on the token',
  hmac: 'HMAC with SHA-256 on the token',
} as const;
