import { decodeArmor } from './armor/decode.ts';
import { isArmored } from './armor/format.ts';
import { decrypt } from './decrypt.ts';
import { ageError } from './error.ts';
import { parseHeader } from './header/header.ts';
import type { HybridIdentity } from './recipients/hybrid.ts';
import { parseIdentity } from './recipients/parse.ts';
import { ScryptIdentity } from './recipients/scrypt.ts';
import type { X25519Identity } from './recipients/x25519.ts';
import type { Secret } from './secret.ts';

export interface IdentityFile {
  readonly identities: readonly (X25519Identity | HybridIdentity)[];
  /** The lines that begin with `#`, without it and the white space around. Anyone may have written them. */
  readonly comments: readonly string[];
}

const INTRO = Buffer.from('age-encryption.org/');

/**
 * Reads an identity file: an identity a line, comments, blank lines; LF or CRLF. `bytes` stay the
 * caller's to wipe. Throws IDENTITY_INVALID, which names the line and never quotes it.
 */
export function parseIdentityFile(bytes: Uint8Array): IdentityFile {
  const identities: (X25519Identity | HybridIdentity)[] = [];
  const comments: string[] = [];
  for (const [index, line] of decodeText(bytes).split(/\r?\n/).entries()) {
    if (line.startsWith('#')) comments.push(line.slice(1).trim());
    else if (line !== '') identities.push(parseLine(line, index + 1));
  }
  if (identities.length === 0) throw ageError('IDENTITY_INVALID', 'there is no identity in it');
  return { identities, comments };
}

/**
 * The same, also when the file itself was encrypted with a password, armored or not.
 * `askPassword` is called only then, at most once; what it returns is disposed here. Throws besides
 * NO_IDENTITY_MATCHED for a wrong password, and whatever `decrypt` throws for a damaged file.
 */
export async function openIdentityFile(
  bytes: Uint8Array,
  askPassword: () => Promise<Secret>,
  options?: { readonly signal?: AbortSignal | undefined },
): Promise<IdentityFile> {
  const file = isArmored(bytes) ? decodeArmor(bytes) : bytes;
  if (!INTRO.equals(file.subarray(0, INTRO.length))) return parseIdentityFile(file);
  if (parseHeader(file).stanzas[0]?.args[0] !== 'scrypt') {
    const message = 'the identity file is encrypted, but not with a password';
    throw ageError('IDENTITY_INVALID', message);
  }
  using password = await askPassword();
  const plaintext = await decrypt(file, [new ScryptIdentity(password)], options);
  try {
    return parseIdentityFile(plaintext);
  } finally {
    plaintext.fill(0);
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw ageError('IDENTITY_INVALID', 'it is not a text file');
  }
}

function parseLine(line: string, number: number): X25519Identity | HybridIdentity {
  try {
    return parseIdentity(line);
  } catch {
    throw ageError('IDENTITY_INVALID', `line ${String(number)} is not an identity`);
  }
}
