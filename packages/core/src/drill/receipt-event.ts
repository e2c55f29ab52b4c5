import type { CatalogEvent } from '@holdfast/catalog';
import { copyId, mediumId } from '@holdfast/catalog/ids';
import { isContent } from './claims.ts';
import type { Receipt } from './receipt.ts';
import type { SignedReceipt } from './receipt-folder.ts';

/**
 * What the audit log is told of a drill, from its receipt. `secret` is what is known here of a discreet backup;
 * `backup` which one should have been there, where it could not be read.
 */
export function drillEvent(
  receipt: Receipt,
  { bytes, signature }: SignedReceipt,
  known: { readonly secret?: string | null; readonly backup?: string | null } = {},
): CatalogEvent {
  const { copy, envelopes, outcome, id, fromMedium, sameAsLive, check } = receipt;
  const { place, file } = copy;
  const medium = place.kind === 'medium' ? mediumId(place) : null;
  const backup = copy.backup?.id ?? known.backup ?? null;
  const secret = copy.backup?.secret ?? known.secret ?? null;
  const where = place.kind === 'medium' ? ({ kind: 'medium', path: null } as const) : place;
  const opened = envelopes.filter((each) => each.opened);
  const [only, ...others] = opened;
  const text = new TextDecoder();
  return {
    action: 'drill',
    outcome,
    ...(secret !== null && { secret }),
    ...(backup !== null && { backup, copy: copyId({ backup, place: where, medium, file }) }),
    ...(medium !== null && { medium }),
    detail: {
      id,
      envelope: others.length === 0 ? (only?.index ?? null) : null,
      custodians: [...new Set(opened.flatMap(({ custodians }) => custodians))],
      fromMedium,
      sameAsLive,
      checkPassed: check === null ? null : isContent(check),
      receipt: text.decode(bytes),
      signature: text.decode(signature),
    },
  };
}
