import type { CheckHead, SignedHead } from '../ports.ts';
import { entries, type Faults } from './faults.ts';
import { headText } from './head-text.ts';
import type { JudgedRow } from './walk-chain.ts';

/** A head to be checked, and where it comes from. */
export interface HeadAtHand {
  readonly head: SignedHead;
  /** In words, for whoever reads of it. */
  readonly source: string;
}

/** What the signed heads say of the chain. */
export interface HeadCheck {
  /** `row`: the entry of that sequence, if there is one. */
  check(hand: HeadAtHand, row: JudgedRow | null): void;
  /** To be called after the last entry. */
  end(lastInPlace: number): void;
  readonly signedUpTo: number;
}

export function checkHeads(checkSignature: CheckHead, faults: Faults): HeadCheck {
  let signedUpTo = 0;
  let furthest: HeadAtHand | null = null;

  function isTrusted({ head, source }: HeadAtHand): boolean {
    const { sequence, signature } = head;
    let signer: ReturnType<CheckHead>;
    try {
      signer = checkSignature(headText(head), Buffer.from(signature, 'utf8'));
    } catch {
      faults.add(
        sequence,
        'bad signature',
        `${source} has no valid signature at entry ${sequence}`,
      );
      return false;
    }
    if (signer.trusted) return true;
    faults.add(
      sequence,
      'unknown signer',
      `${source} was signed at entry ${sequence} by ${signer.fingerprint}, whom nobody here trusts`,
    );
    return false;
  }

  return {
    check(hand, row) {
      if (!isTrusted(hand)) return;
      const { sequence, hash } = hand.head;
      if (sequence > (furthest?.head.sequence ?? 0)) furthest = hand;
      if (row === null) return;
      if (row.hash === hash && row.entry !== null) signedUpTo = Math.max(signedUpTo, sequence);
      // What does not even fit its own hash was told already.
      if (row.hash !== hash && row.entry !== null) {
        const words = `entry ${sequence}, or one before it, is not what it was when ${hand.source} was signed`;
        faults.add(sequence, 'forged', words);
      }
    },
    end(lastInPlace) {
      if (furthest === null || furthest.head.sequence <= lastInPlace) return;
      const { sequence, time } = furthest.head;
      const missing = entries(lastInPlace + 1, sequence);
      const words = `${missing} existed when ${furthest.source} was signed, on ${time}`;
      faults.add(lastInPlace + 1, 'cut off', words);
    },
    get signedUpTo() {
      return signedUpTo;
    },
  };
}
