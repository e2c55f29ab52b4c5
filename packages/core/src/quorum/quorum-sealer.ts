import { randomBytes } from 'node:crypto';
import { envelopePath } from '../backup-file/layout.ts';
import { MAX_PREDECESSORS, type ManifestCustodian } from '../backup-file/manifest.ts';
import type { EnvelopeSealer } from '../envelopes/envelope-sealer.ts';
import { openNesting, type Asking, type FactorRules, type Nesting } from '../envelopes/nesting.ts';
import type { ResolvedEnvelope, ResolvedQuorum } from '../envelopes/resolved.ts';
import { coreError } from '../errors.ts';
import { commitmentOf } from './commitment.ts';
import { openShareText } from './share.ts';
import { openSplit, type Point } from './split.ts';

const SET_SIZE = 16;

/**
 * Gathers what the custodians of a quorum need, one after another. What is split later is the whole text of the
 * envelope, so that what its shares give back is an age identity file.
 *
 * @throws PASSWORD_EMPTY, PASSWORD_WEAK, HINT_REVEALS_PASSWORD, what a token ends with
 */
export async function openQuorumSealer(
  index: number,
  { threshold, custodians, predecessors }: ResolvedQuorum,
  asking: Asking,
  rules: FactorRules,
): Promise<EnvelopeSealer> {
  using held = new DisposableStack();
  const set = randomBytes(SET_SIZE).toString('hex');
  const places: { readonly name: string; readonly nesting: Nesting }[] = [];
  for (const [place, { name: custodian, factors }] of custodians.entries()) {
    const name = rules.discreet ? neutralName(place, custodians.length) : custodian;
    const nesting = held.use(await openNesting(factors, { index, custodian }, asking, rules));
    places.push({ name, nesting });
  }
  const nestings = held.move();
  const kind = 'quorum';
  const shares = custodians.length;

  async function sealShare(
    { name, nesting }: (typeof places)[number],
    point: Point,
    backup: string,
  ): Promise<{ readonly custodian: ManifestCustodian; readonly file: Uint8Array }> {
    const share = { backup, envelope: index, set, custodian: name, threshold, shares, ...point };
    using text = openShareText(share);
    const commitment = commitmentOf(share);
    const file = await nesting.seal(text.bytes);
    return {
      custodian: { name, index: point.index, factors: nesting.factors, commitment },
      file,
    };
  }

  return {
    index,
    factors: [
      {
        ...{ kind, threshold },
        custodians: places.map(({ name, nesting }) => ({ name, factors: nesting.factors })),
      },
    ],
    async seal(text, backup) {
      using points = await openSplit(text, { shares, threshold });
      const sealed = await Promise.all(
        places.map(async (place, at) => {
          const point = points.all[at];
          if (point === undefined) throw coreError('INTERNAL', 'a share is missing');
          return await sealShare(place, point, backup);
        }),
      );
      const former = predecessors.slice(0, MAX_PREDECESSORS);
      const list = sealed.map(({ custodian }) => custodian);
      return {
        factors: [{ kind, threshold, set, predecessors: former, custodians: list }],
        files: new Map(
          sealed.map(({ custodian, file }) => [envelopePath(index, custodian.name), file]),
        ),
      };
    },
    [Symbol.dispose]: () => {
      nestings.dispose();
    },
  };
}

/** What to tell whoever makes a discreet backup: nothing but this says which number is whose. */
export function numbersInWords(
  envelopes: readonly ResolvedEnvelope[],
  { discreet = false }: Pick<FactorRules, 'discreet'>,
): readonly string[] {
  if (!discreet) return [];
  return envelopes.flatMap(({ index, factors }) =>
    factors.flatMap((factor) => {
      if (factor.kind !== 'quorum') return [];
      const { custodians } = factor;
      const numbers = custodians.map(
        ({ name }, place) => `${neutralName(place, custodians.length)} is ${name}`,
      );
      return [`envelope ${String(index)} does not name its custodians: ${numbers.join(', ')}`];
    }),
  );
}

/** What a custodian is called in a backup that names nobody; numbers of one width stand in their order. */
function neutralName(place: number, of: number): string {
  return String(place + 1).padStart(String(of).length, '0');
}
