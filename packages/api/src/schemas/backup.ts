import { z } from 'zod';
import { time, uuid } from './common.ts';

export const copy = z
  .object({
    /** SHA-256 over its backup and its place. */
    id: z.string(),
    backup: uuid,
    secret: z.string().nullable(),
    /** Folder or medium. */
    kind: z.enum(['folder', 'medium']),
    /** The folder, with its machine; `null` on a medium. */
    path: z.string().nullable(),
    host: z.string().nullable(),
    /** Id in the register. */
    medium: z.string().nullable(),
    file: z.string(),
    size: z.number(),
    generation: z.int(),
    /** `remounted`, `direct`, `cached`: how it was read back; `null` when it was only seen. */
    proof: z.string().nullable(),
    madeAt: time,
    verifiedAt: time.nullable(),
    verifyOutcome: z.string().nullable(),
    drilledAt: time.nullable(),
    drillOutcome: z.string().nullable(),
    /** Whether the last look or drill ended with something that is said of the copy, not of whoever looked. */
    bad: z.boolean(),
    removedAt: time.nullable(),
    superseded: z.boolean(),
  })
  .meta({ id: 'Copy' });

export const backup = z
  .object({
    id: uuid,
    secret: z.string().nullable(),
    generation: z.int(),
    created: z.string(),
    host: z.string().nullable(),
    kind: z.enum(['file', 'tar']),
    size: z.number(),
    /** Fingerprint; `null`: nobody signed it. */
    signer: z.string().nullable(),
    trusted: z.boolean(),
    discreet: z.boolean(),
    waivers: z.array(z.string()),
    /** Who can open it, in words. */
    envelopes: z.array(z.object({ index: z.int(), factors: z.string() })),
    /** SHA-256 of the manifest. */
    manifest: z.string(),
    recordedAt: time,
    superseded: z.boolean(),
  })
  .meta({ id: 'Backup' });

export type Backup = z.infer<typeof backup>;
export type Copy = z.infer<typeof copy>;
