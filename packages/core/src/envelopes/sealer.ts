import { envelopePath } from '../backup-file/layout.ts';
import { openQuorumSealer } from '../quorum/quorum-sealer.ts';
import type { EnvelopeSealer } from './envelope-sealer.ts';
import { openNesting, type Asking, type FactorRules } from './nesting.ts';
import type { ResolvedEnvelope } from './resolved.ts';

export interface SealingRules extends FactorRules {
  /** Refuse an envelope without a token, and a key that could leave its token. */
  readonly requireToken?: boolean | undefined;
  /** Go on although the loss of one token would be the loss of the backup; the manifest says so then. */
  readonly allowSinglePointOfFailure?: boolean | undefined;
}

/**
 * Gathers what the factors of envelopes need, asking for PINs and passwords one after another.
 *
 * @throws PASSWORD_EMPTY, PASSWORD_WEAK, HINT_REVEALS_PASSWORD; for keys that only their token can seal to,
 * what their token ends with
 */
export async function openEnvelopeSealers(
  envelopes: readonly ResolvedEnvelope[],
  asking: Asking,
  rules: SealingRules,
): Promise<Disposable & { readonly all: readonly EnvelopeSealer[] }> {
  using held = new DisposableStack();
  const all: EnvelopeSealer[] = [];
  for (const envelope of envelopes) {
    all.push(held.use(await openEnvelopeSealer(envelope, asking, rules)));
  }
  const sealers = held.move();
  return {
    all,
    [Symbol.dispose]: () => {
      sealers.dispose();
    },
  };
}

async function openEnvelopeSealer(
  { index, factors: wanted }: ResolvedEnvelope,
  asking: Asking,
  rules: SealingRules,
): Promise<EnvelopeSealer> {
  const [only] = wanted;
  if (only?.kind === 'quorum') return await openQuorumSealer(index, only, asking, rules);
  const plain = wanted.filter((factor) => factor.kind !== 'quorum');
  using held = new DisposableStack();
  const nesting = held.use(await openNesting(plain, { index }, asking, rules));
  const { factors } = nesting;
  held.move();
  return {
    index,
    factors,
    async seal(text) {
      return { factors, files: new Map([[envelopePath(index), await nesting.seal(text.bytes)]]) };
    },
    [Symbol.dispose]: () => {
      nesting[Symbol.dispose]();
    },
  };
}
