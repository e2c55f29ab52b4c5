import { verifySshsig } from '../backup-file/sshsig.ts';
import type { Signer } from './signer.ts';
import type { Trust } from './trust.ts';

/** Whose word the manifest of a backup is. A signature that is not valid is an error, not a status. */
export type SignatureStatus =
  | { readonly status: 'trusted'; readonly signer: Signer; readonly principal: string }
  | { readonly status: 'unknown-signer'; readonly signer: Signer }
  | { readonly status: 'unsigned' };

/** Checks a backup's signature, if it has one. Throws SIGNATURE_INVALID. */
export function signatureStatus(
  manifestBytes: Uint8Array,
  signature: Uint8Array | null,
  trust: Trust,
): SignatureStatus {
  if (signature === null) return { status: 'unsigned' };
  const publicKey = verifySshsig(manifestBytes, signature);
  const signer = trust.describe(publicKey);
  const principal = trust.principalOf(publicKey, createdIn(manifestBytes));
  if (principal === null) return { status: 'unknown-signer', signer };
  return { status: 'trusted', signer, principal };
}

function createdIn(manifestBytes: Uint8Array): Date | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(manifestBytes));
    if (typeof value !== 'object' || value === null || !('created' in value)) return null;
    const time = typeof value.created === 'string' ? Date.parse(value.created) : NaN;
    return Number.isNaN(time) ? null : new Date(time);
  } catch {
    return null;
  }
}
