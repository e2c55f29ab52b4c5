import type { ManifestEnvelope } from './backup-file/manifest.ts';

/** An envelope in words. */
export interface EnvelopeSummary {
  readonly index: number;
  /** The kinds of its factors; all of them are needed. */
  readonly factors: readonly string[];
  /** As it would be written to make it again, except what a discreet backup leaves out. */
  readonly expression: string;
}

/** Says in words what each envelope asks for. */
export function summarizeEnvelopes(envelopes: readonly ManifestEnvelope[]): EnvelopeSummary[] {
  return envelopes.map(({ index, factors }) => ({
    index,
    factors: factors.map((factor) => factor.kind),
    expression: factors
      .map((factor) =>
        factor.kind === 'recipient' && factor.recipient !== null
          ? `recipient(${factor.recipient})`
          : factor.kind,
      )
      .join(' + '),
  }));
}
