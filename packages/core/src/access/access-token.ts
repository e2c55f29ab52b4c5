import { createHash, randomBytes } from 'node:crypto';

/** So that scanners for leaked secrets know one. */
const PREFIX = 'hf_';
const SHAPE = /^hf_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/;

/** 256 random bits, and a checksum that tells one that was mistyped or cut off. Shown once; only its hash is kept. */
export function newAccessToken(): string {
  const secret = randomBytes(32).toString('base64url');
  return `${PREFIX}${secret}${checksum(secret)}`;
}

/** Whether a text is meant as an access token, and not as anything else that bears. */
export function isAccessToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** SHA-256 in hex, which is all that is needed of 256 random bits; `null` for what no access token is. */
export function accessTokenHash(token: string): string | null {
  const [, secret = '', sum = ''] = SHAPE.exec(token) ?? [];
  if (secret === '' || checksum(secret) !== sum) return null;
  return createHash('sha256').update(token).digest('hex');
}

function checksum(secret: string): string {
  const digest = createHash('sha256').update(`holdfast-access-token:${secret}`).digest('base64url');
  return digest.slice(0, 6);
}
