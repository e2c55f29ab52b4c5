import {
  decodeArmor,
  encodeArmor,
  HoldfastError,
  isArmored,
  parseHeader,
  type Identity,
} from '@holdfast/age';
import { openLayer } from '../envelopes/layers.ts';
import { coreError } from '../errors.ts';
import type { Contribution } from '../ports.ts';
import { withoutBinding } from './binding.ts';
import { openShare, type Share } from './share.ts';

/** A share that a custodian took out of its age file with stock tools begins so. */
const PLAIN = Buffer.from('# holdfast-share');

/**
 * Opens a share that a custodian sent: sealed to one of `identities`, armored or not. It is not judged yet; the
 * result is the caller's to dispose.
 *
 * @throws SHARE_INVALID, SHARE_FOREIGN when it was given for something else, FACTOR_MISSING when it is sealed to
 *   somebody else
 */
export async function openContribution(
  { from, bytes, purpose }: Contribution,
  identities: readonly Identity[],
  signal: AbortSignal | undefined,
): Promise<Share> {
  const isPlain = PLAIN.equals(bytes.subarray(0, PLAIN.length));
  if (isPlain && purpose === undefined) return openShare(bytes, from);
  using text = await opened(from, async () => {
    const file = isArmored(bytes) ? decodeArmor(bytes) : bytes;
    return await openLayer(file, identities, signal ? { signal } : {});
  });
  if (text !== null) {
    const bound = purpose === undefined ? text.bytes : withoutBinding(text.bytes, purpose, from);
    return openShare(bound, from);
  }
  throw coreError('FACTOR_MISSING', `${from} is not sealed to an identity that was given`);
}

/**
 * The same, armored, whether or not it came so. That it is sealed shows now; to whom, and what it is worth, when it is
 * opened.
 *
 * @throws SHARE_INVALID for what is no age file
 */
export function armoredContribution(bytes: Uint8Array): Uint8Array {
  try {
    const file = isArmored(bytes) ? decodeArmor(bytes) : bytes;
    parseHeader(file);
    return encodeArmor(file);
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    const message = 'this is no age file: a share has to be sealed for whoever restores';
    throw coreError('SHARE_INVALID', message, { cause });
  }
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
