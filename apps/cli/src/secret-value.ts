import { readFile } from 'node:fs/promises';
import type { Secret } from '@holdfast/core';
import { reasonOf, usageError } from './usage.ts';

/** The value in a file, or on standard input for `-`. The result is the caller's to dispose. */
export async function openSecretValue(from: string): Promise<Secret> {
  const { Secret, coreError } = await import('@holdfast/core');
  if (from === '-') return Secret.take(await readStdin());
  try {
    const bytes = await readFile(from);
    const secret = Secret.copy(bytes);
    bytes.fill(0);
    return secret;
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') {
      throw coreError('SOURCE_NOT_FOUND', `there is no ${from}`, { cause });
    }
    throw coreError('SOURCE_UNREADABLE', `${from} cannot be read (${reason})`, { cause });
  }
}

/** How many random bytes a new secret is to have. */
export async function bytesGiven(bytes: number): Promise<number> {
  if (Number.isInteger(bytes) && bytes >= 16 && bytes <= 65_536) return bytes;
  throw await usageError('--bytes takes a whole number from 16 to 65536');
}

async function readStdin(): Promise<Uint8Array<ArrayBuffer>> {
  if (process.stdin.isTTY)
    throw await usageError('standard input is a terminal; pipe the secret in');
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
    part.fill(0);
  }
  return whole;
}
