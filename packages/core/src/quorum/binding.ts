import { createHash } from 'node:crypto';
import { coreError } from '../errors.ts';

/** The one restore that custodians give their shares for, where they send them to a service. */
export interface ContributionPurpose {
  /** Id of the session. */
  readonly session: string;
  /** Id of the backup. */
  readonly backup: string;
  /** Name of the target that the secret goes to. */
  readonly target: string;
}

const LABEL = '# holdfast-contribution: ';

/**
 * The line that a custodian seals together with their share, so that it serves for this and nothing else, whoever has
 * the identity that opens it.
 */
export function bindingLine({ session, backup, target }: ContributionPurpose): string {
  const text = JSON.stringify(['holdfast-contribution/v1', session, backup, target]);
  return `${LABEL}${session} ${createHash('sha256').update(text).digest('hex')}\n`;
}

/**
 * What follows the line, which has to be there.
 *
 * @throws SHARE_FOREIGN for a share that was given for something else, or without saying for what
 */
export function withoutBinding(
  text: Uint8Array,
  purpose: ContributionPurpose,
  from: string,
): Uint8Array {
  const line = Buffer.from(bindingLine(purpose), 'latin1');
  if (line.equals(text.subarray(0, line.length))) return text.subarray(line.length);
  const isBound = Buffer.from(text.subarray(0, LABEL.length)).toString('latin1') === LABEL;
  const why = isBound ? 'was given for another restore' : 'does not say what it was given for';
  throw coreError('SHARE_FOREIGN', `${from} ${why}`);
}
