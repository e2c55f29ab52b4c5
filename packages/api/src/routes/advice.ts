import { z } from 'zod';
import { OPERATORS, READERS, routes } from '../route.ts';
import { envelopeExpression, secretText } from '../schemas/factors.ts';
import { losses } from '../schemas/losses.ts';

export const adviceRoutes = routes({
  assessPassword: {
    method: 'post',
    path: '/v1/advice/password',
    group: 'Advice',
    summary: 'How hard a password is to guess, and whether a hint gives it away',
    words: 'Nothing of it is kept.',
    roles: OPERATORS,
    body: {
      json: z.strictObject({ password: secretText, hint: z.string().max(512).optional() }),
    },
    answers: {
      200: {
        words: 'what there is to say',
        json: z.object({
          /** From 0, guessed at once, to 4. */
          score: z.int().min(0).max(4),
          acceptable: z.boolean(),
          /** A sentence; empty when there is nothing to say. */
          warning: z.string(),
          suggestions: z.array(z.string()),
          /** In words, for an attacker who tries ten thousand passwords a second. */
          crackTime: z.string(),
          /** Why the hint is not taken; `null`: it is. */
          hintFault: z.string().nullable(),
        }),
      },
    },
  },
  assessEnvelopes: {
    method: 'post',
    path: '/v1/advice/envelopes',
    group: 'Advice',
    summary: 'Which losses a backup with these envelopes survives, before it is made',
    roles: READERS,
    body: { json: z.strictObject({ envelopes: z.array(envelopeExpression).min(1).max(16) }) },
    answers: {
      200: {
        words: 'what there is to say',
        json: z.object({
          /** Expressions that cannot be read, by their place. */
          faults: z.array(z.object({ index: z.int(), words: z.string(), remedy: z.string() })),
          /** `null` while there are faults. */
          losses: losses.nullable(),
          /** Custodians whom nobody here knows. */
          unknownCustodians: z.array(z.string()),
        }),
      },
    },
  },
});
