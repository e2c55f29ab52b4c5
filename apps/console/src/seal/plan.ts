import { storedName } from '@holdfast/api';
import {
  asksOf,
  expressionOf,
  PASSWORD_ONLY,
  type Asks,
  type Composed,
} from '../envelopes/composed.ts';
import type { Got } from '../api/queries.ts';
import { NOT_CHOSEN, type Chosen } from './new-password.tsx';

/** A backup as somebody plans it, step by step. What is secret in it is gone with the page. */
export interface Plan extends Chosen {
  /** `existing`: one whose value is known where it lives; the others make a new value in the store. */
  readonly what: 'existing' | 'generate' | 'rotate';
  readonly secret: string;
  readonly how: 'policy' | 'own';
  readonly policy: string;
  readonly own: readonly Composed[];
  readonly allowWeakPassword: boolean;
  readonly allowSinglePointOfFailure: boolean;
  /** By the alias of the token. */
  readonly pins: Readonly<Record<string, string>>;
  readonly custodianPasswords: Readonly<Record<string, string>>;
  /** `folder:NAME`, `usb:LABEL`. */
  readonly to: readonly string[];
  readonly eject: boolean;
}

export const NEW_PLAN: Plan = {
  ...{ what: 'existing', secret: '', how: 'policy', policy: '', own: [PASSWORD_ONLY] },
  ...{ ...NOT_CHOSEN, pins: {}, custodianPasswords: {}, to: [], eject: true },
  ...{ allowWeakPassword: false, allowSinglePointOfFailure: false },
};

/** What the service knows that a plan is made from. */
export interface Known {
  readonly policies: Got<'listPolicies'>['rows'];
  readonly custodians: Got<'listCustodians'>['rows'];
  readonly enrolled: Got<'listTokens'>['enrolled'];
  readonly secrets: Got<'listSecrets'>['rows'];
  readonly settings: Got<'showSettings'>;
}

/** The expressions that the backup will have. */
export function expressionsOf(plan: Plan, { policies, settings }: Known): readonly string[] {
  if (plan.how === 'own') return plan.own.map(expressionOf);
  return policies.find(({ name }) => name === plan.policy)?.envelopes ?? settings.envelopes;
}

/** What has to be typed before it can be sealed. */
export interface Typed extends Asks {
  /** Aliases of tokens that take part in sealing, and whose PIN nobody handed over yet. */
  readonly pins: readonly string[];
  /** Custodians who open their share with a password of their own. */
  readonly custodianPasswords: readonly string[];
}

/** Keys that have a public half are sealed to without their token. */
const PUBLIC = ['p256', 'rsa'];

export function typedFor(plan: Plan, known: Known): Typed {
  const asks = asksOf(expressionsOf(plan, known));
  const pins = asks.tokens.filter((alias) => {
    const enrolment = known.enrolled.find((it) => it.alias === alias);
    return (
      enrolment === undefined || (!PUBLIC.includes(enrolment.algorithm) && enrolment.pin === null)
    );
  });
  const custodianPasswords = asks.custodians.filter((name) => {
    const factors = known.custodians.find((it) => it.name === name)?.factors ?? '';
    return factors.split('+').some((factor) => factor.trim() === 'password');
  });
  return { ...asks, pins, custodianPasswords };
}

export const STEPS = ['secret', 'envelopes', 'typed', 'places', 'review'] as const;
export type Step = (typeof STEPS)[number];

/** What is still to be said in a step; empty: one can go on. */
export function missingIn(step: Step, plan: Plan, known: Known): readonly Missing[] {
  switch (step) {
    case 'secret':
      return secretMissing(plan, known);
    case 'envelopes':
      return expressionsOf(plan, known).some((it) => it === '') ? ['envelope'] : [];
    case 'typed': {
      const typed = typedFor(plan, known);
      const isMissing = (
        names: readonly string[],
        given: Readonly<Record<string, string>>,
      ): boolean => names.some((name) => (given[name] ?? '') === '');
      return [
        ...(typed.password && plan.password === '' ? (['password'] as const) : []),
        ...(typed.password && plan.password !== plan.again ? (['again'] as const) : []),
        ...(isMissing(typed.pins, plan.pins) ? (['pin'] as const) : []),
        ...(isMissing(typed.custodianPasswords, plan.custodianPasswords)
          ? (['custodianPassword'] as const)
          : []),
      ];
    }
    case 'places':
      return plan.to.length === 0 ? ['place'] : [];
    case 'review':
      return [];
  }
}

function secretMissing({ what, secret }: Plan, { secrets }: Known): readonly Missing[] {
  if (secret === '') return ['secret'];
  if (what !== 'generate') return [];
  if (!storedName.safeParse(secret).success) return ['name'];
  const isTaken = secrets.some(({ name, versions }) => name === secret && versions !== null);
  return isTaken ? ['taken'] : [];
}

export type Missing =
  | 'secret'
  | 'name'
  | 'taken'
  | 'envelope'
  | 'password'
  | 'again'
  | 'pin'
  | 'custodianPassword'
  | 'place';
