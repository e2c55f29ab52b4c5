import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimsOf, isContent, type DrillFindings } from './claims.ts';
import { RECEIPT, receipts } from './testing/a-receipt.ts';

const ALL: DrillFindings = {
  ...RECEIPT,
  sameAsLive: true,
  decrypted: true,
  principal: 'this instance',
};

/** How many claims change sides with what was found. */
function lost(more: Partial<DrillFindings>): number {
  const { shown } = claimsOf(ALL);
  const after = claimsOf({ ...ALL, ...more });
  expect(after.shown.length + after.notShown.length).toBe(shown.length);
  return after.notShown.length;
}

test('a drill that showed everything leaves nothing out', () => {
  const { shown, notShown } = claimsOf(ALL);
  expect(notShown).toEqual([]);
  expect(shown).toHaveLength(7);
});

test.each([
  ['the medium itself was not read', { fromMedium: false }],
  ['it was not decrypted', { decrypted: false }],
  ['the live secret was not compared', { sameAsLive: null }],
  ['the live secret is another one', { sameAsLive: false }],
  ['there was no check', { check: null }],
  ['the check failed', { check: { exit: 1, timedOut: false, handedOver: true } }],
  ['a signal ended the check', { check: { exit: null, timedOut: false, handedOver: true } }],
  ['the check ended well, but too late', { check: { exit: 0, timedOut: true, handedOver: true } }],
  ['an envelope was not tried', { envelopes: [{ ...RECEIPT.envelopes[0]!, opened: false }] }],
] as const)('that %s is told, and nothing else changes', (_, more) => {
  expect(lost(more)).toBe(1);
});

test('a signer whom nobody trusts, and none at all, are told', () => {
  const backup = RECEIPT.copy.backup!;
  const copy = { ...RECEIPT.copy, backup: { ...backup, trusted: false } };
  expect(lost({ copy, principal: null })).toBe(1);
  const unsigned = { ...RECEIPT.copy, backup: { ...backup, trusted: false, signer: null } };
  expect(lost({ copy: unsigned, principal: null })).toBe(1);
});

test('of a file that is no backup, nothing is claimed', () => {
  const copy = { ...RECEIPT.copy, backup: null };
  const nothing = { envelopes: [], fromMedium: false, sameAsLive: null, check: null };
  const { shown } = claimsOf({ copy, ...nothing, decrypted: false, principal: null });
  expect(shown).toEqual([]);
});

test('every envelope is told once, on one side or the other', () => {
  fc.assert(
    fc.property(receipts, fc.boolean(), (receipt, decrypted) => {
      const { shown, notShown } = claimsOf({ ...receipt, decrypted, principal: null });
      const about = [...shown, ...notShown].filter((words) =>
        /^(?:that )?envelope \d+ /.test(words),
      );
      expect(about).toHaveLength(receipt.envelopes.length);
    }),
  );
});

test('a check command is content only with status 0, in time', () => {
  expect(isContent({ exit: 0, timedOut: false, handedOver: false })).toBe(true);
  expect(isContent({ exit: 0, timedOut: true, handedOver: true })).toBe(false);
  expect(isContent({ exit: 1, timedOut: false, handedOver: true })).toBe(false);
  expect(isContent({ exit: null, timedOut: false, handedOver: true })).toBe(false);
});
