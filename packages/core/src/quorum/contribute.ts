import { encodeArmor, encrypt, parseRecipient, Secret } from '@holdfast/age';
import { assertDestination, writeFileDurably } from '@holdfast/media/durable';
import type { Run } from '../run.ts';
import { bindingLine, type ContributionPurpose } from './binding.ts';
import { withCustodiansShare, type ShareReport, type ShareRequest } from './custodians-share.ts';
import { openShareText } from './share.ts';

export interface ContributeRequest extends ShareRequest {
  /** The recipient of whoever restores: `age1…`. */
  readonly to: string;
  /** Path of a new file to write it to. */
  readonly file?: string | undefined;
  /** The one restore that it is for; without it, it serves whoever has the identity for whatever they restore. */
  readonly purpose?: ContributionPurpose | undefined;
}

export interface Contributed extends ShareReport {
  /** The recipient. */
  readonly to: string;
  /** Where it was written; `null`: nowhere. */
  readonly file: string | null;
  /** An armored age file: the share, sealed to that recipient and nobody else. */
  readonly contribution: string;
}

/**
 * Seals a custodian's share anew, to whoever restores, so that custodians need not meet. It was judged before.
 * Recorded.
 *
 * @throws RECIPIENT_INVALID, DESTINATION_EXISTS and the other codes of destinations, and what `checkShare` throws
 */
export async function contribute(
  { to, file, purpose, ...request }: ContributeRequest,
  run: Run,
): Promise<Contributed> {
  const recipient = parseRecipient(to);
  if (file !== undefined) await assertDestination(file, { replace: 'refuse' });
  const action = 'custodian.contribute';
  const { report, result } = await withCustodiansShare(action, request, run, async (share) => {
    using plain = openShareText(share);
    const line = Buffer.from(purpose === undefined ? '' : bindingLine(purpose), 'latin1');
    using text = Secret.take(Uint8Array.from([...line, ...plain.bytes]));
    const options = run.signal ? { signal: run.signal } : {};
    const sealed = encodeArmor(await encrypt(text.bytes, [recipient], options));
    if (file !== undefined) await writeFileDurably(file, sealed, { replace: 'refuse', ...options });
    return Buffer.from(sealed).toString('latin1');
  });
  return { ...report, to, file: file ?? null, contribution: result };
}
