import { useState, type ReactNode } from 'react';
import { bodyOf, handOver, needsOf, NO_OPENING, type Envelope } from './opening.ts';
import { OpeningFields } from './opening-fields.tsx';

interface UsedOpening {
  /** Where it is said which envelope is meant, and what opens it. */
  readonly fields: ReactNode;
  /** Number of the envelope that is meant, for routes that take it. */
  readonly envelope: { envelope?: number };
  /** Hands a PIN over that was typed, and resolves to what the request takes. @throws ApiProblem, ServiceUnreachable */
  readonly take: () => Promise<ReturnType<typeof bodyOf>>;
}

/** What somebody opens a backup with, as long as its form is there. */
export function useOpening(envelopes: readonly Envelope[], quorum?: ReactNode): UsedOpening {
  const [opening, setOpening] = useState(NO_OPENING);
  const needs = needsOf(envelopes, opening.envelope);
  return {
    fields: (
      <OpeningFields
        envelopes={envelopes}
        value={opening}
        quorum={quorum}
        onChange={(change) => {
          setOpening((before) => ({ ...before, ...change }));
        }}
      />
    ),
    envelope: opening.envelope === null ? {} : { envelope: opening.envelope },
    take: async () => {
      await handOver(opening, needs);
      return bodyOf(opening, needs);
    },
  };
}
