import { coreError } from '../errors.ts';
import { encodeReceipt, RECEIPT_FORMAT, type Receipt } from './receipt.ts';

/** A receipt names every envelope, and a quorum its custodians; it is never near this long. */
export const LONGEST_RECEIPT = 4 * 1024 * 1024;

/**
 * Reads a receipt in its one byte form. Whose word it is, its signature says.
 *
 * @throws RECEIPT_INVALID for any other bytes, FORMAT_UNSUPPORTED for one of a newer Holdfast
 */
export async function parseReceipt(bytes: Uint8Array): Promise<Receipt> {
  const value = parseJson(bytes);
  assertFormat(value);
  const { receiptSchema } = await import('./receipt-schema.ts');
  const parsed = receiptSchema.safeParse(value);
  if (!parsed.success || Buffer.compare(encodeReceipt(parsed.data), bytes) !== 0) {
    throw coreError('RECEIPT_INVALID', 'this is not a receipt as Holdfast writes it');
  }
  return parsed.data;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length <= LONGEST_RECEIPT) {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      // Where it goes wrong says nothing that the reader could use.
    }
  }
  throw coreError('RECEIPT_INVALID', 'this is not the receipt of a drill');
}

function assertFormat(value: unknown): void {
  const format =
    typeof value === 'object' && value !== null && 'format' in value ? value.format : null;
  if (format === RECEIPT_FORMAT) return;
  if (typeof format === 'string' && /^holdfast-drill\/\d{1,6}$/.test(format)) {
    throw coreError('FORMAT_UNSUPPORTED', `this receipt is of the format ${format}`);
  }
  throw coreError('RECEIPT_INVALID', 'this is not the receipt of a drill');
}
