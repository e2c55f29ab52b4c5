import { z } from 'zod';

/** The result of a job that made a backup: of what core reports of it, that others may count on. */
export const backupReport = z
  .looseObject({
    id: z.string(),
    secret: z.string().nullable(),
    size: z.number(),
    payloadSize: z.number(),
    signer: z.looseObject({ fingerprint: z.string() }),
    warnings: z.array(z.string()),
    copies: z.array(
      z.looseObject({
        where: z.string(),
        medium: z.unknown(),
        file: z.string().nullable(),
        proof: z.string().nullable(),
        ejected: z.boolean(),
        warnings: z.array(z.string()),
        failure: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'BackupReport' });

/** The receipt of a drill: of what is signed, that others may count on. */
export const drillReceipt = z
  .looseObject({
    id: z.string(),
    who: z.string(),
    host: z.string(),
    started: z.string(),
    ended: z.string(),
    outcome: z.string(),
    failure: z.string().nullable(),
    copy: z.looseObject({
      file: z.string(),
      backup: z.looseObject({ id: z.string(), secret: z.string().nullable() }).nullable(),
    }),
    shown: z.array(z.string()),
    notShown: z.array(z.string()),
  })
  .meta({ id: 'DrillReceipt' });
