import type { Run } from '../run.ts';
import { withCustodiansShare, type ShareReport, type ShareRequest } from './custodians-share.ts';

/**
 * Shows that a custodian's share opens, and that it is the one that was given out. Nobody gets to see it, and nothing
 * is put together. Recorded.
 *
 * @throws CUSTODIAN_UNKNOWN, ENVELOPE_NOT_FOUND, WRONG_PASSWORD, FACTOR_MISSING, SHARE_INVALID, what opening the
 * backup throws and what a token ends with
 */
export async function checkShare(request: ShareRequest, run: Run): Promise<ShareReport> {
  // It was judged when it was opened: there is nothing more to do with it.
  const { report } = await withCustodiansShare('custodian.check', request, run, () => null);
  return report;
}
