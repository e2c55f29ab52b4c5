import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_RECEIPT, parseReceipt } from './parse-receipt.ts';
import { encodeReceipt } from './receipt.ts';
import { RECEIPT, receipts } from './testing/a-receipt.ts';

const bytesOf = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const invalid = { code: 'RECEIPT_INVALID' };

test('a receipt is read as it was written, whatever is in it', async () => {
  await fc.assert(
    fc.asyncProperty(receipts, async (receipt) => {
      expect(await parseReceipt(encodeReceipt(receipt))).toEqual(receipt);
    }),
  );
});

test('no other bytes are a receipt, however little they differ', async () => {
  const bytes = encodeReceipt(RECEIPT);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const altered = Uint8Array.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ by;
      const read = await parseReceipt(altered).catch((cause: unknown) => cause);
      // Some bytes are a receipt all the same, but then another one: its signature tells.
      if (read instanceof Error)
        expect(['RECEIPT_INVALID', 'FORMAT_UNSUPPORTED']).toContain(Reflect.get(read, 'code'));
      else expect(read).not.toEqual(RECEIPT);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['nothing', new Uint8Array()],
  ['no JSON', Buffer.from('a receipt')],
  ['a number', bytesOf(1)],
  ['null', bytesOf(null)],
  ['another file', bytesOf({ format: 'holdfast-backup/1' })],
  ['no format', bytesOf({})],
  ['what is no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['more than there can be', new Uint8Array(LONGEST_RECEIPT + 1).fill(0x20)],
  ['one on a single line', Buffer.from(JSON.stringify(RECEIPT))],
  ['one with a mark before it', Buffer.concat([Buffer.from('\ufeff'), encodeReceipt(RECEIPT)])],
  ['one in another order', bytesOf(Object.fromEntries(Object.entries(RECEIPT).toReversed()))],
  ['one with more in it', bytesOf({ ...RECEIPT, more: 1 })],
  ['one with less', bytesOf({ ...RECEIPT, shown: undefined })],
  ['one of a time that is none', bytesOf({ ...RECEIPT, ended: '2026-02-30T00:00:00.000Z' })],
  ['one of a time in words', bytesOf({ ...RECEIPT, ended: 'yesterday' })],
])('%s is no receipt', async (_, bytes) => {
  await expect(parseReceipt(bytes)).rejects.toMatchObject(invalid);
});

test('a receipt of a newer Holdfast is told as such', async () => {
  const newer = bytesOf({ ...RECEIPT, format: 'holdfast-drill/2' });
  await expect(parseReceipt(newer)).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
});
