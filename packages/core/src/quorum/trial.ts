import { HoldfastError, throwIfCancelled } from '@holdfast/age';
import type { ManifestCustodian } from '../backup-file/manifest.ts';
import type { BackupFile } from '../backup-file/reader.ts';
import type { OpenedEnvelope } from '../envelopes/agreement.ts';
import { isForPassword, isForToken, readEnvelope } from '../envelopes/candidate.ts';
import { coreError } from '../errors.ts';
import { summarizeFactors } from '../summary.ts';
import { isAboutPin, isTokenFailure } from '../tokens/failure.ts';
import { openCollection, progressInWords, type Collection } from './collection.ts';
import { openContribution } from './contribution.ts';
import { judgeShare, type QuorumEnvelope } from './judge.ts';
import { openCustodiansShare, shareEnvelope, type ShareKeys } from './open-share.ts';
import type { Share } from './share.ts';

/** The quorums of one backup, while their shares are collected. Disposing wipes every share. */
export interface QuorumTrial extends Disposable {
  /**
   * Takes every share that can be had without asking a person: what custodians sent, what the identities at hand
   * open, and what passwords and PINs open that were given beforehand. Resolves to what is open by then.
   *
   * @throws SHARE_FOREIGN, SHARE_OUTDATED, SHARE_DUPLICATE, SHARE_INVALID, FACTOR_MISSING for what custodians sent
   */
  quietly(): Promise<OpenedEnvelope[]>;
  /** Asks for one custodian after the other, until a quorum is there or nobody else comes. */
  asking(): Promise<OpenedEnvelope[]>;
  /** What became of those that did not open, although there was something to open them with. */
  readonly failures: readonly { readonly envelope: number; readonly error: HoldfastError }[];
  /** Whether somebody meant a quorum to open it: by what custodians sent, or by naming one. */
  readonly wasMeant: boolean;
  /** Why nothing opened. @returns SHARES_MISSING, or what the first share ended with */
  shortfall(): HoldfastError;
}

export interface QuorumTrialOptions extends ShareKeys {
  /** Go on when one is open. */
  readonly all: boolean;
}

export function openQuorumTrial(
  backup: BackupFile,
  quorums: readonly QuorumEnvelope[],
  { all, ...keys }: QuorumTrialOptions,
): QuorumTrial {
  const { factors, signal } = keys;
  const { manifest } = backup;
  const held = new DisposableStack();
  const collections = quorums.map((each) => held.use(openCollection(each)));
  const done = new Set<Collection>();
  const refused: { readonly envelope: number; readonly error: HoldfastError }[] = [];
  let asked = false;
  let sent = false;

  /** Whether it is for an envelope that is to be opened now. */
  const take = (share: Share): boolean => {
    const place = judgeShare(share, manifest);
    const collection = collections.find(({ entry }) => entry.index === place.entry.index);
    collection?.take(share, place);
    return collection !== undefined;
  };

  const takeFrom = async (collection: Collection, custodian: ManifestCustodian): Promise<void> => {
    using share = await openCustodiansShare(backup, collection, custodian, keys);
    take(share);
  };

  /** Those of whom no share is there yet. */
  const missing = ({ quorum, have }: Collection): readonly ManifestCustodian[] =>
    quorum.custodians.filter(({ name }) => !have.includes(name));

  const isOver = (): boolean =>
    collections.every(({ isComplete }) => isComplete) ||
    (!all && collections.some(({ isComplete }) => isComplete));

  async function takeSent(): Promise<void> {
    for (const contribution of (await factors.contributions?.()) ?? []) {
      throwIfCancelled(signal);
      using share = await openContribution(contribution, keys.identities, signal);
      if (take(share)) sent = true;
    }
  }

  async function takeQuietly(
    fits: (
      custodian: ManifestCustodian,
      envelope: ReturnType<typeof shareEnvelope>,
    ) => Promise<boolean>,
  ): Promise<void> {
    for (const collection of collections) {
      for (const custodian of missing(collection)) {
        throwIfCancelled(signal);
        if (collection.isComplete || isOver()) break;
        if (!(await fits(custodian, shareEnvelope(collection, custodian)))) continue;
        try {
          await takeFrom(collection, custodian);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          const isAbsent = error.code === 'FACTOR_MISSING' || error.code === 'TOKEN_NOT_FOUND';
          if (!isAbsent) refused.push({ envelope: collection.entry.index, error });
          // One PIN for all of them would be tried on a token that is somebody else's.
          if (isAboutPin(error)) return;
        }
      }
    }
  }

  async function openComplete(): Promise<OpenedEnvelope[]> {
    const opened: OpenedEnvelope[] = [];
    for (const collection of collections) {
      if (!collection.isComplete || done.has(collection)) continue;
      done.add(collection);
      using text = await collection.openWhole();
      const custodians = collection.have.slice(0, collection.quorum.threshold);
      opened.push({ ...readEnvelope(collection.entry, text.bytes, manifest), custodians });
    }
    return opened;
  }

  async function askFor(collection: Collection): Promise<void> {
    let problem: HoldfastError | null = null;
    while (!collection.isComplete) {
      throwIfCancelled(signal);
      const candidates = missing(collection);
      const answer = await factors.custodian?.({
        envelope: collection.entry.index,
        threshold: collection.quorum.threshold,
        have: collection.have,
        candidates: candidates.map(({ name, factors: list }) => ({
          name,
          factors: summarizeFactors(list),
        })),
        problem,
      });
      if (answer === null || answer === undefined) return;
      asked = true;
      problem = null;
      try {
        if ('name' in answer) await takeFrom(collection, named(answer.name, collection));
        else {
          using share = await openContribution(answer.contribution, keys.identities, signal);
          if (!take(share)) throw unasked(share);
        }
      } catch (error) {
        if (!isRefusal(error)) throw error;
        problem = error;
      }
    }
  }

  return {
    async quietly() {
      await takeSent();
      if (!isOver() && keys.identities.length > 0) {
        await takeQuietly(async (_, { factors: list }) =>
          list.every(({ kind }) => kind === 'recipient'),
        );
      }
      if (!isOver() && factors.hasCustodianPassword !== undefined) {
        await takeQuietly(
          async ({ name }, envelope) =>
            isForPassword(envelope) &&
            (await factors.hasCustodianPassword?.(name)) === true &&
            (!isForToken(envelope) || (await factors.hasPin?.()) === true),
        );
      }
      if (!isOver() && keys.tokens !== null && (await factors.hasPin?.()) === true) {
        await takeQuietly(async (_, envelope) => isForToken(envelope) && !isForPassword(envelope));
      }
      return await openComplete();
    },
    async asking() {
      // Those of whom most shares are there come first.
      const open = collections.filter(({ isComplete }) => !isComplete);
      for (const collection of open.toSorted((a, b) => b.have.length - a.have.length)) {
        await askFor(collection);
        if (isOver()) break;
      }
      return await openComplete();
    },
    get failures() {
      return refused;
    },
    get wasMeant() {
      return asked || sent;
    },
    shortfall() {
      const [first] = refused;
      if (first !== undefined && !asked) return first.error;
      const most = collections.toSorted((a, b) => b.have.length - a.have.length)[0];
      const words = most === undefined ? 'no share is here' : progressInWords(most);
      return coreError('SHARES_MISSING', words);
    },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

function unasked({ custodian, envelope }: Share): HoldfastError {
  const which = `envelope ${String(envelope)}, which is not to be opened now`;
  return coreError('SHARE_INVALID', `the share of ${custodian} is for ${which}`);
}

/** @throws CUSTODIAN_UNKNOWN, SHARE_DUPLICATE */
function named(name: string, { quorum, have }: Collection): ManifestCustodian {
  if (have.includes(name)) {
    throw coreError('SHARE_DUPLICATE', `the share of ${name} is here already`);
  }
  const found = quorum.custodians.find((custodian) => custodian.name === name);
  if (found !== undefined) return found;
  throw coreError('CUSTODIAN_UNKNOWN', 'this envelope has no share of a custodian of that name');
}

/** What one custodian or one share ends with, and another can make good. */
function isRefusal(error: unknown): error is HoldfastError {
  if (!(error instanceof HoldfastError)) return false;
  const code = String(error.code);
  return (
    code.startsWith('SHARE_') ||
    ['WRONG_PASSWORD', 'FACTOR_MISSING', 'CUSTODIAN_UNKNOWN', 'WORK_FACTOR_TOO_HIGH'].includes(
      code,
    ) ||
    isTokenFailure(error)
  );
}
