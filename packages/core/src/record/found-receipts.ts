import { HoldfastError } from '@holdfast/age';
import type { RecordedEvent } from '@holdfast/catalog';
import { drillEvent } from '../drill/receipt-event.ts';
import { keptReceipts, readKeptReceipt } from '../drill/receipt-folder.ts';
import { checkReceipt } from '../drill/verify-receipt.ts';
import type { Instance } from '../instance/instance.ts';

export interface FoundReceipts {
  /** At the time and by whom the receipts say: a drill does not become fresh by being found again. */
  readonly events: readonly RecordedEvent[];
  /** Receipts that are not counted, each with its reason. */
  readonly refused: readonly string[];
}

/** The drills whose receipts the state folder has, oldest first. Only what a trusted signer signed counts. */
export async function receiptsIn(instance: Instance): Promise<FoundReceipts> {
  const events: RecordedEvent[] = [];
  const refused: string[] = [];
  for (const id of (await keptReceipts(instance)).toReversed()) {
    const kept = await readKeptReceipt(id, instance);
    if (kept === null) continue;
    try {
      const { receipt } = await checkReceipt(kept, instance);
      const { who, host, ended } = receipt;
      const actor = { who, from: `receipt of ${host}`, instance: receipt.instance };
      events.push({ id: receipt.id, time: ended, actor, event: drillEvent(receipt, kept) });
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause;
      refused.push(`${kept.path}: ${cause.message}`);
    }
  }
  return { events, refused };
}
