import { HoldfastError } from '@holdfast/age';
import { parseEnvelope } from '../envelopes/expression.ts';
import type { Run } from '../run.ts';
import { expressedEnvelopes } from './expressed.ts';
import { lossesOf, type Losses } from './losses.ts';

export interface EnvelopesRequest {
  readonly envelopes: readonly string[];
  /** Aliases of keys on tokens, and their URIs. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** An expression that cannot be read. */
export interface EnvelopeFault {
  /** Its place, from 0. */
  readonly index: number;
  readonly words: string;
  readonly remedy: string;
}

export interface EnvelopesReport {
  readonly faults: readonly EnvelopeFault[];
  /** `null` while there are faults. */
  readonly losses: Losses | null;
  /** Custodians that they name, and whom nobody here knows. */
  readonly unknownCustodians: readonly string[];
}

/**
 * Finds out which losses a backup with these envelopes would survive, wherever its copies lie. Asks for nothing, and
 * no token has to be here.
 *
 * @throws what opening the catalog throws
 */
export async function assessEnvelopes(
  { envelopes, tokens: aliases }: EnvelopesRequest,
  run: Pick<Run, 'tokens' | 'custodians'>,
): Promise<EnvelopesReport> {
  const faults = envelopes.flatMap((expression, index) => faultIn(expression, index) ?? []);
  if (faults.length > 0) return { faults, losses: null, unknownCustodians: [] };
  const enrolments = (await (await run.tokens?.open())?.enrolments()) ?? [];
  const { custodians } = run;
  const expressed = await expressedEnvelopes(envelopes, { aliases, enrolments, custodians });
  const losses = lossesOf({ envelopes: expressed.envelopes, copies: null, discreet: false });
  return { faults, losses, unknownCustodians: expressed.unknown };
}

function faultIn(expression: string, index: number): EnvelopeFault | null {
  try {
    parseEnvelope(expression);
    return null;
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause;
    const { message, remedy } = cause as HoldfastError;
    return { index, words: message, remedy };
  }
}
