import type { EnvelopeFacts, FactorFacts } from '@holdfast/catalog';
import type { Enrolment } from '@holdfast/token';
import {
  parseEnvelope,
  parsePlainFactors,
  type FactorExpression,
  type PlainExpression,
} from '../envelopes/expression.ts';
import type { CustodianBook } from '../ports.ts';

/** Where the names in envelope expressions are looked up; no token has to be here for that. */
export interface NameBook {
  /** Aliases of the configuration, and their URIs. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly enrolments: readonly Enrolment[];
  readonly custodians: CustodianBook | undefined;
}

/** Envelopes as the catalog would tell them if they were sealed now. */
export interface Expressed {
  readonly envelopes: readonly EnvelopeFacts[];
  /** Custodians whom nobody here knows. */
  readonly unknown: readonly string[];
}

/**
 * Reads envelope expressions as far as what is written down here goes: of a key that is neither enrolled nor named by
 * its serial number, nobody knows which token it is on.
 *
 * @throws ENVELOPE_INVALID, RECIPIENT_INVALID, QUORUM_INVALID, and what opening the catalog throws
 */
export async function expressedEnvelopes(
  expressions: readonly string[],
  book: NameBook,
): Promise<Expressed> {
  const unknown = new Set<string>();
  const custodian = async (name: string) => {
    const found = await book.custodians?.find(name);
    if (!found) unknown.add(name);
    const factors = found ? parsePlainFactors(found.factors) : [];
    return { name, factors: factors.map((factor) => plainFacts(factor, book)) };
  };
  const factsOf = async (factor: FactorExpression): Promise<FactorFacts> => {
    if (factor.kind !== 'quorum') return plainFacts(factor, book);
    const { threshold } = factor;
    const custodians: Awaited<ReturnType<typeof custodian>>[] = [];
    for (const name of factor.custodians) custodians.push(await custodian(name));
    return { kind: 'quorum', threshold, custodians };
  };
  const envelopes: EnvelopeFacts[] = [];
  for (const [place, expression] of expressions.entries()) {
    const factors: FactorFacts[] = [];
    for (const factor of parseEnvelope(expression).factors) factors.push(await factsOf(factor));
    envelopes.push({ index: place + 1, factors });
  }
  return { envelopes, unknown: [...unknown] };
}

function plainFacts(factor: PlainExpression, book: NameBook): FactorFacts {
  switch (factor.kind) {
    case 'password':
      return { kind: 'password' };
    case 'recipient':
      return { kind: 'recipient', recipient: factor.recipient };
    case 'token':
      return tokenNamed(factor.name, book);
  }
}

function tokenNamed(name: string, { aliases, enrolments }: NameBook): FactorFacts {
  const uri = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  const enrolled = enrolments.find((it) => it.alias === name || it.uri === (uri ?? name));
  if (enrolled !== undefined) {
    const { details, claims } = enrolled;
    const { label, serial } = details.token;
    const { extractable } = claims;
    const { fingerprint } = details;
    return { kind: 'token', label, serial, fingerprint, extractable };
  }
  const serial = attributeOf(uri ?? name, 'serial');
  const label = attributeOf(uri ?? name, 'token');
  const known = serial === null || serial === '' ? null : serial;
  return {
    ...{ kind: 'token', fingerprint: null, extractable: null },
    // Without a serial number it is its alias that a person knows, and with one its label.
    label: known === null ? name : (label ?? name),
    serial: known,
  };
}

/** One attribute of a `pkcs11:` URI, as far as it can be read; whoever uses the URI judges the whole of it. */
function attributeOf(uri: string, name: 'serial' | 'token'): string | null {
  const [, value] = new RegExp(`^pkcs11:(?:[^?]*;)?${name}=([^;?]*)`, 'i').exec(uri) ?? [];
  if (value === undefined) return null;
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
