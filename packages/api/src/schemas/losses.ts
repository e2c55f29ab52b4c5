import { z } from 'zod';

/** Which losses something survives. */
export const losses = z
  .looseObject({
    single: z.array(
      z.looseObject({ words: z.string(), restorable: z.enum(['yes', 'perhaps', 'no']) }),
    ),
    /** Two things whose loss together ends it, though neither does alone; the first few. */
    pairs: z.array(z.array(z.string())),
    morePairs: z.boolean(),
  })
  .meta({ id: 'Losses' });

const violations = z.array(z.looseObject({ rule: z.string(), words: z.string() }));

/** As `holdfast policy check --json` tells it. */
export const checkedPolicy = z
  .looseObject({
    policy: z.looseObject({ name: z.string(), envelopes: z.array(z.string()) }),
    secrets: z.array(z.string()),
    losses,
    violations,
    unknownCustodians: z.array(z.string()),
  })
  .meta({ id: 'CheckedPolicy' });

export const checkedBackup = z
  .looseObject({
    secret: z.string().nullable(),
    id: z.string(),
    generation: z.int(),
    created: z.string(),
    superseded: z.boolean(),
    copies: z.int(),
    policy: z.string().nullable(),
    losses,
    violations,
  })
  .meta({ id: 'CheckedBackup' });
