import { ScryptRecipient, type Secret } from '@holdfast/age';
import type { ManifestFactor } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import { assessPassword } from '../password/assess.ts';
import { checkHint } from '../password/hint.ts';
import type { Run } from '../run.ts';
import { outermostFirst } from './layers.ts';
import type { ResolvedEnvelope, ResolvedFactor } from './resolve.ts';
import { openWrapping, type Wrapping } from './wrapping.ts';

/** An envelope whose factors are at hand: everything was asked, nothing was sealed yet. */
export interface EnvelopeSealer extends Disposable {
  readonly index: number;
  readonly factors: readonly ManifestFactor[];
  /** `text` stays the caller's. To be called once. */
  seal(text: Secret): Promise<Uint8Array>;
}

export interface SealingRules {
  readonly hint?: string | undefined;
  readonly discreet?: boolean | undefined;
  readonly allowWeakPassword?: boolean | undefined;
  /** log2 of scrypt's N; the age default of 18 without it. */
  readonly workFactor?: number | undefined;
  /** Refuse an envelope without a token, and a key that could leave its token. */
  readonly requireToken?: boolean | undefined;
  /** Go on although the loss of one token would be the loss of the backup; the manifest says so then. */
  readonly allowSinglePointOfFailure?: boolean | undefined;
}

/** One factor of an envelope to come. Every kind of factor makes one of these. */
interface SealingFactor {
  readonly kind: ManifestFactor['kind'];
  readonly recorded: ManifestFactor;
  readonly wrapping: Wrapping;
}

type Asking = Pick<Run, 'factors' | 'signal'>;

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
  using held = new DisposableStack();
  const sealing: SealingFactor[] = [];
  for (const factor of wanted) {
    sealing.push(await gather(factor, index, asking, rules, held));
  }
  const layers = outermostFirst(sealing);
  const passwords = held.move();
  return {
    index,
    factors: layers.map((layer) => layer.recorded),
    async seal(text) {
      let file: Uint8Array = text.bytes;
      for (const { wrapping } of layers.toReversed()) file = await wrapping.seal(file);
      return file;
    },
    [Symbol.dispose]: () => {
      passwords.dispose();
    },
  };
}

async function gather(
  factor: ResolvedFactor,
  index: number,
  { factors, signal }: Asking,
  rules: SealingRules,
  held: DisposableStack,
): Promise<SealingFactor> {
  const { discreet = false } = rules;
  switch (factor.kind) {
    case 'password': {
      const password = held.use(await factors.newPassword({ index }));
      if (password.bytes.length === 0) throw coreError('PASSWORD_EMPTY', 'the password is empty');
      if (rules.hint !== undefined) checkHint(rules.hint, password);
      const { workFactor } = rules;
      const recipient = new ScryptRecipient(
        password,
        workFactor === undefined ? {} : { workFactor },
      );
      const wrapping = held.use(openWrapping(recipient, signal));
      // Judging a password loads dictionaries: scrypt is at work already.
      if (!rules.allowWeakPassword) await assertStrong(password);
      return { kind: 'password', recorded: { kind: 'password' }, wrapping };
    }
    case 'recipient': {
      const { kind, recipient, text } = factor;
      const wrapping = held.use(openWrapping(recipient, signal));
      return { kind, recorded: { kind, recipient: discreet ? null : text }, wrapping };
    }
    case 'token': {
      const { kind, key, identity } = factor;
      const wrapping = held.use(openWrapping(key.recipient, signal));
      // A secret key is on its token only: its PIN is asked for now, and not after a long payload.
      await wrapping.ready();
      const recorded = discreet
        ? { token: null, identity: null }
        : { token: key.details, identity };
      return { kind, recorded: { kind, ...recorded }, wrapping };
    }
  }
}

async function assertStrong(password: Secret): Promise<void> {
  const { acceptable, warning, suggestions } = await assessPassword(password);
  if (acceptable) return;
  const why = [warning, ...suggestions].filter((part) => part !== '');
  throw coreError('PASSWORD_WEAK', ['the password is too easy to guess', ...why].join('; '));
}
