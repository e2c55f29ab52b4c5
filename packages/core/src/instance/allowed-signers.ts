import { parsePublicKeyText } from '../backup-file/ssh-wire.ts';
import { coreError } from '../errors.ts';
import { parseSignerOptions, type SignerOptions } from './signer-options.ts';

/** One line of a trust file: whom an Ed25519 key belongs to, and for what it counts. */
export interface AllowedSigner extends SignerOptions {
  readonly principal: string;
  readonly rawPublicKey: Uint8Array;
}

// Keys of these types may stand in a file that is shared with git or ssh. They cannot sign a backup.
const OTHER_KEY =
  /^(?:ssh-rsa|ssh-dss|ecdsa-sha2-nistp\d+|sk-[a-z0-9-]+@openssh\.com) [A-Za-z0-9+/]+=*(?: |$)/;
const KEY = /^(ssh-ed25519 [A-Za-z0-9+/]+=*)(?: |$)/;

/**
 * Reads a file in the format "allowed signers" of ssh-keygen(1). What it does not understand it does
 * not skip: throws CONFIG_INVALID, naming `file` and the line.
 */
export function parseAllowedSigners(text: string, file: string): AllowedSigner[] {
  return text.split('\n').flatMap((line, index) => {
    const refuse = (why: string): Error =>
      coreError('CONFIG_INVALID', `${file}, line ${String(index + 1)}: ${why}`);
    const content = line.replace(/\r$/, '').replaceAll('\t', ' ').trim();
    if (content === '' || content.startsWith('#')) return [];
    if (/[\p{Cc}\p{Cs}\uFFFD]/u.test(content)) throw refuse('there are control characters');
    return parseLine(content, refuse) ?? [];
  });
}

function parseLine(content: string, refuse: (why: string) => Error): AllowedSigner | null {
  const principals = /^(?:"([^"]+)"|([^" ]\S*)) +/.exec(content);
  const principal = principals?.[1] ?? principals?.[2];
  if (principals === null || principal === undefined) throw refuse('a key is missing');
  const rest = content.slice(principals[0].length);
  const direct = OTHER_KEY.test(rest) || KEY.test(rest);
  const optionText = direct ? '' : (/^(?:[^" ]|"(?:\\"|[^"])*")+/.exec(rest)?.[0] ?? '');
  const options = parseSignerOptions(optionText, refuse);
  const keyText = rest.slice(optionText.length).trimStart();
  if (OTHER_KEY.test(keyText)) return null;
  const rawPublicKey = parsePublicKeyText(KEY.exec(keyText)?.[1] ?? '');
  if (rawPublicKey === null) throw refuse('the key is not one of OpenSSH');
  return { principal, rawPublicKey, ...options };
}
