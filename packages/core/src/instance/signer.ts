import { createHash } from 'node:crypto';
import { publicKeyBlob, publicKeyText } from '../backup-file/ssh-wire.ts';

/** Whose signature a backup carries, in the three forms in which people compare keys. */
export interface Signer {
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** The same digest as 24 English words of BIP-39, to be read aloud. */
  readonly words: readonly string[];
}

/** Turns the 32 raw bytes of an Ed25519 public key into a signer. */
export type DescribeSigner = (rawPublicKey: Uint8Array) => Signer;

/** Loads the word list, and only when signers are to be described. */
export async function loadDescribeSigner(): Promise<DescribeSigner> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return (rawPublicKey) => {
    const digest = createHash('sha256').update(publicKeyBlob(rawPublicKey)).digest();
    return {
      publicKey: publicKeyText(rawPublicKey),
      fingerprint: `SHA256:${digest.toString('base64').replace(/=+$/, '')}`,
      words: inWords(digest, wordlist),
    };
  };
}

// BIP-39, "Generating the mnemonic": 256 bits, a checksum of eight, eleven bits a word. The library's
// own function would load PBKDF2 and more for this.
function inWords(digest: Uint8Array, wordlist: readonly string[]): string[] {
  const checksum = createHash('sha256').update(digest).digest().subarray(0, 1);
  let bits = BigInt(`0x${Buffer.concat([digest, checksum]).toString('hex')}`);
  const words: string[] = [];
  for (let count = 0; count < 24; count++) {
    words.unshift(wordlist[Number(bits & 2047n)] ?? '');
    bits >>= 11n;
  }
  return words;
}
