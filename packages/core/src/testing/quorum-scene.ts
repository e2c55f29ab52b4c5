import { Secret, type Identity } from '@holdfast/age';
import type {
  Contribution,
  CustodianAnswer,
  CustodianBook,
  CustodianCall,
  FactorSource,
} from '../ports.ts';

/** Custodians as the catalog would know them: names, and what each opens a share with. */
export function bookOf(custodians: Readonly<Record<string, string>>): CustodianBook {
  return {
    find: async (name) => {
      const factors = custodians[name];
      return factors === undefined ? null : { name, factors };
    },
  };
}

export interface PeopleOptions {
  /** By custodian; '' is the password of an envelope that is nobody's. */
  readonly passwords?: Readonly<Record<string, string>>;
  readonly identities?: readonly Identity[];
  /** Who comes to the terminal, one after the other. */
  readonly come?: readonly (string | Contribution)[];
  /** Whose password was given beforehand. */
  readonly given?: readonly string[];
  readonly sent?: readonly Contribution[];
  readonly hasPin?: boolean;
}

/** Custodians at one terminal, and what each question to them was. */
export interface People extends FactorSource {
  readonly calls: CustodianCall[];
  readonly asked: (string | undefined)[];
}

export function people(options: PeopleOptions = {}): People {
  const { passwords = {}, identities = [], come = [], given = [], sent = [], hasPin } = options;
  const next = [...come];
  const calls: CustodianCall[] = [];
  const asked: (string | undefined)[] = [];
  return {
    calls,
    asked,
    newPassword: async ({ custodian = '' }) => Secret.fromText(passwords[custodian] ?? ''),
    async password({ custodian, attempt }) {
      asked.push(custodian);
      const known = passwords[custodian ?? ''];
      return known === undefined || attempt > 1 ? null : Secret.fromText(known);
    },
    identities: async () => identities,
    contributions: async () => sent,
    hasCustodianPassword: async (name) => given.includes(name),
    hasPin: async () => hasPin === true,
    async custodian(call): Promise<CustodianAnswer | null> {
      calls.push(call);
      const answer = next.shift();
      if (answer === undefined) return null;
      return typeof answer === 'string' ? { name: answer } : { contribution: answer };
    },
  };
}
