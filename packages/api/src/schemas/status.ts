import { z } from 'zod';
import { time } from './common.ts';

const state = z.enum(['ok', 'warning', 'critical']);

const copyStatus = z.looseObject({
  id: z.string(),
  backup: z.string(),
  generation: z.int(),
  /** Whether it restores the secret as it was backed up last, as far as is known. */
  counts: z.boolean(),
  superseded: z.boolean(),
  /** The medium by its name, or the folder. */
  where: z.string(),
  kind: z.enum(['medium', 'folder']),
  host: z.string().nullable(),
  medium: z.string().nullable(),
  /** Where its owner says that the medium lies. */
  location: z.string().nullable(),
  mediumSeenAt: z.string().nullable(),
  file: z.string(),
  madeAt: z.string(),
  verifiedAt: z.string().nullable(),
  verifyOutcome: z.string().nullable(),
  drilledAt: z.string().nullable(),
  drillOutcome: z.string().nullable(),
  drillDueAt: z.string().nullable(),
});

const secretStatus = z
  .looseObject({
    name: z.string(),
    state,
    policy: z.string().nullable(),
    newest: z.looseObject({ id: z.string(), generation: z.int(), created: z.string() }).nullable(),
    copies: z.array(copyStatus),
    moreCopies: z.boolean(),
    copiesCounted: z.int(),
    copiesWanted: z.int(),
    verifiedAt: z.string().nullable(),
    drilledAt: z.string().nullable(),
    drillDueAt: z.string().nullable(),
    live: z.looseObject({
      state: z.enum(['same', 'rotated since', 'unknown', 'unreadable']),
      at: z.string().nullable(),
      failure: z.string().nullable(),
    }),
  })
  .meta({ id: 'SecretStatus' });

const finding = z
  .object({
    code: z.string(),
    severity: z.enum(['note', 'warning', 'critical']),
    secret: z.string().nullable(),
    words: z.string(),
    /** The command that mends it, as one line for a shell. */
    mend: z.string().nullable(),
  })
  .meta({ id: 'Finding' });

/** Would we get it back? As `holdfast status --json` tells it. */
export const status = z
  .looseObject({
    time,
    host: z.string(),
    state,
    catalog: z.enum(['ok', 'none', 'damaged', 'lost']),
    secrets: z.array(secretStatus),
    media: z.array(
      z.looseObject({
        id: z.string(),
        name: z.string(),
        location: z.string().nullable(),
        lastSeen: z.string(),
      }),
    ),
    findings: z.array(finding),
  })
  .meta({ id: 'Status' });
