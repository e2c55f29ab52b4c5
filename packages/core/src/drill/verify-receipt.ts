import { open } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/age';
import { isSystemError } from '@holdfast/media/durable';
import { verifySshsig } from '../backup-file/sshsig.ts';
import { coreError } from '../errors.ts';
import type { Instance } from '../instance/instance.ts';
import type { Signer } from '../instance/signer.ts';
import { sourceError } from '../sources/source-error.ts';
import { LONGEST_RECEIPT, parseReceipt } from './parse-receipt.ts';
import { DRILL_NAMESPACE, type Receipt } from './receipt.ts';
import type { SignedReceipt } from './receipt-folder.ts';

export interface VerifiedReceipt {
  readonly receipt: Receipt;
  readonly signer: Signer;
  /** Whose key it is. */
  readonly principal: string;
}

/**
 * Reads a receipt, and its signature from beside it unless that is elsewhere, and checks both.
 *
 * @throws RECEIPT_NOT_FOUND, SOURCE_UNREADABLE, and what `checkReceipt` throws
 */
export async function verifyReceipt(
  { path, signaturePath }: { readonly path: string; readonly signaturePath?: string | undefined },
  instance: Instance,
): Promise<VerifiedReceipt> {
  const bytes = await readWhole(path);
  const signature = await readWhole(signaturePath ?? `${path}.sig`);
  return await checkReceipt({ bytes, signature }, instance);
}

/**
 * Checks that a receipt is as it was signed, by somebody who is trusted here.
 *
 * @throws RECEIPT_INVALID, FORMAT_UNSUPPORTED, SIGNER_NOT_TRUSTED, CONFIG_INVALID for a trust file that is not understood
 */
export async function checkReceipt(
  { bytes, signature }: SignedReceipt,
  instance: Instance,
): Promise<VerifiedReceipt> {
  const receipt = await parseReceipt(bytes);
  const publicKey = signerOf(bytes, signature);
  const trust = await instance.trust();
  const signer = trust.describe(publicKey);
  if (receipt.instance !== signer.fingerprint) {
    throw coreError('RECEIPT_INVALID', 'the receipt was signed by another key than it says');
  }
  const principal = trust.principalOf(publicKey, new Date(receipt.ended), DRILL_NAMESPACE);
  if (principal === null) {
    const words = `the receipt is as it was signed, but nobody here trusts ${signer.fingerprint}`;
    throw coreError('SIGNER_NOT_TRUSTED', words);
  }
  return { receipt, signer, principal };
}

function signerOf(bytes: Uint8Array, signature: Uint8Array): string {
  try {
    return verifySshsig(bytes, signature, DRILL_NAMESPACE);
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    throw coreError('RECEIPT_INVALID', `the receipt is not as it was signed: ${cause.message}`, {
      cause,
    });
  }
}

/** At most a little more than any receipt has: what is longer is none. */
async function readWhole(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const content = Buffer.alloc(LONGEST_RECEIPT + 1);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(content, size, content.length - size);
      size += bytesRead;
      if (bytesRead === 0 || size === content.length) return content.subarray(0, size);
    }
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) {
      throw coreError('RECEIPT_NOT_FOUND', `there is no ${path}`, { cause });
    }
    throw sourceError(cause, path);
  }
}
