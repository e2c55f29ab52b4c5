import { decodeArmor, HoldfastError, isArmored, type Identity } from '@holdfast/age';
import { openLayer } from '../envelopes/layers.ts';
import { coreError } from '../errors.ts';
import type { Contribution } from '../ports.ts';
import { openShare, type Share } from './share.ts';

/** A share that a custodian took out of its age file with stock tools begins so. */
const PLAIN = Buffer.from('# holdfast-share');

/**
 * Opens a share that a custodian sent: sealed to one of `identities`, armored or not. It is not judged yet; the
 * result is the caller's to dispose.
 *
 * @throws SHARE_INVALID, FACTOR_MISSING when it is sealed to somebody else
 */
export async function openContribution(
  { from, bytes }: Contribution,
  identities: readonly Identity[],
  signal: AbortSignal | undefined,
): Promise<Share> {
  if (PLAIN.equals(bytes.subarray(0, PLAIN.length))) return openShare(bytes, from);
  using text = await opened(from, async () => {
    const file = isArmored(bytes) ? decodeArmor(bytes) : bytes;
    return await openLayer(file, identities, signal ? { signal } : {});
  });
  if (text !== null) return openShare(text.bytes, from);
  throw coreError('FACTOR_MISSING', `${from} is not sealed to an identity that was given`);
}

async function opened<Result>(from: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const isDamage =
      cause instanceof HoldfastError && /AGE|ARMOR|WORK_FACTOR/.test(String(cause.code));
    if (!isDamage) throw cause;
    throw coreError('SHARE_INVALID', `${from} is damaged, or no share at all`, { cause });
  }
}
