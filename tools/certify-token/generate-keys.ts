import { HoldfastError } from '@holdfast/age';
import type { NewKey, Tokens } from '@holdfast/token';

/** Kept on the token afterwards: there is no taking them away but with its own software. */
const NEW_KEYS: readonly NewKey[] = [
  { kind: 'p256', label: 'holdfast-certify-p256', id: 'ce01' },
  { kind: 'rsa', bits: 2048, label: 'holdfast-certify-rsa', id: 'ce02' },
  { kind: 'aes', label: 'holdfast-certify-aes', id: 'ce03' },
  { kind: 'hmac', label: 'holdfast-certify-hmac', id: 'ce04' },
];

/** Makes a key of each kind, and says of each how it went. Throws what a login throws. */
export async function generateKeys(tokens: Tokens, token: string): Promise<string[]> {
  const told: string[] = [];
  for (const key of NEW_KEYS) told.push(`${key.kind}: ${await generate(tokens, token, key)}`);
  return told;
}

async function generate(tokens: Tokens, token: string, key: NewKey): Promise<string> {
  try {
    await tokens.generateKey(token, key);
    return `made “${key.label}”`;
  } catch (error) {
    if (!(error instanceof HoldfastError) || String(error.code).startsWith('PIN_')) throw error;
    if (error.code === 'KEY_EXISTS') return `“${key.label}” is there from before`;
    return `not made: ${String(error.code)}, ${error.message}`;
  }
}
