import { ScryptRecipient, type Secret } from '@holdfast/age';
import type { PlainFactor } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import { assessPassword } from '../password/assess.ts';
import { checkHint } from '../password/hint.ts';
import type { NewPasswordRequest } from '../ports.ts';
import type { Run } from '../run.ts';
import { outermostFirst } from './layers.ts';
import type { ResolvedPlainFactor } from './resolved.ts';
import { openWrapping, type Wrapping } from './wrapping.ts';

/** What holds for the factors of every envelope. */
export interface FactorRules {
  readonly hint?: string | undefined;
  readonly discreet?: boolean | undefined;
  readonly allowWeakPassword?: boolean | undefined;
  /** log2 of scrypt's N; the age default of 18 without it. */
  readonly workFactor?: number | undefined;
}

export type Asking = Pick<Run, 'factors' | 'signal'>;

/** Nested age files to come, a layer for each factor: everything was asked, nothing was sealed yet. */
export interface Nesting extends Disposable {
  /** As the manifest has them, the outermost first. */
  readonly factors: readonly PlainFactor[];
  /** `plaintext` stays the caller's. To be called once. */
  seal(plaintext: Uint8Array): Promise<Uint8Array>;
}

/** One factor of an envelope to come. Every kind of factor makes one of these. */
interface SealingFactor {
  readonly kind: PlainFactor['kind'];
  readonly recorded: PlainFactor;
  readonly wrapping: Wrapping;
}

/**
 * Gathers what one person's factors need, asking for PINs and passwords one after another.
 *
 * @throws PASSWORD_EMPTY, PASSWORD_WEAK, HINT_REVEALS_PASSWORD; for keys that only their token can seal to,
 * what their token ends with
 */
export async function openNesting(
  wanted: readonly ResolvedPlainFactor[],
  whose: NewPasswordRequest,
  asking: Asking,
  rules: FactorRules,
): Promise<Nesting> {
  using held = new DisposableStack();
  const sealing: SealingFactor[] = [];
  for (const factor of wanted) {
    sealing.push(await gather(factor, whose, asking, rules, held));
  }
  const layers = outermostFirst(sealing);
  const passwords = held.move();
  return {
    factors: layers.map((layer) => layer.recorded),
    async seal(plaintext) {
      let file = plaintext;
      for (const { wrapping } of layers.toReversed()) file = await wrapping.seal(file);
      return file;
    },
    [Symbol.dispose]: () => {
      passwords.dispose();
    },
  };
}

async function gather(
  factor: ResolvedPlainFactor,
  whose: NewPasswordRequest,
  { factors, signal }: Asking,
  rules: FactorRules,
  held: DisposableStack,
): Promise<SealingFactor> {
  const { discreet = false } = rules;
  switch (factor.kind) {
    case 'password': {
      const password = held.use(await factors.newPassword(whose));
      if (password.bytes.length === 0) {
        throw coreError('PASSWORD_EMPTY', `${inWords(whose)} is empty`);
      }
      if (rules.hint !== undefined) checkHint(rules.hint, password);
      const { workFactor } = rules;
      const recipient = new ScryptRecipient(
        password,
        workFactor === undefined ? {} : { workFactor },
      );
      const wrapping = held.use(openWrapping(recipient, signal));
      // Judging a password loads dictionaries: scrypt is at work already.
      if (!rules.allowWeakPassword) await assertStrong(password, whose);
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

async function assertStrong(password: Secret, whose: NewPasswordRequest): Promise<void> {
  const { acceptable, warning, suggestions } = await assessPassword(password);
  if (acceptable) return;
  const why = [warning, ...suggestions].filter((part) => part !== '');
  throw coreError('PASSWORD_WEAK', [`${inWords(whose)} is too easy to guess`, ...why].join('; '));
}

function inWords({ custodian }: NewPasswordRequest): string {
  return custodian === undefined ? 'the password' : `the password of ${custodian}`;
}
