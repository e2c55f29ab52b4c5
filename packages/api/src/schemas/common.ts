import { z } from 'zod';

/** UTC in ISO 8601, as `Date.toISOString()` has it. */
export const time = z.iso.datetime({ offset: false }).meta({ id: 'Time' });

export const uuid = z.uuid();

/** The name of a secret, as it is in backups. */
export const secretName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}/\\]+$/u);

/** A name that an administrator gave: of a folder, a target, a schedule, a custodian, an alias. */
export const givenName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/);

/** One line for people, without control characters. */
export const line = z
  .string()
  .max(512)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u);

/** Key-set paging: the key that the page before named as its `next`. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\w.:=-]+$/)
    .optional(),
};

/** A page of rows. */
export function pageOf<Row extends z.ZodType>(
  row: Row,
): z.ZodObject<{ rows: z.ZodArray<Row>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({
    rows: z.array(row),
    /** To be given as `after`; `null`: this was the last. */
    next: z.string().nullable(),
  });
}

/** An error, by RFC 9457. `code` is what programs decide by. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    remedy: z.string(),
    /** Of the request, as in X-Request-Id and in the logs of the service. */
    request: z.string(),
    /** What is wrong with which part of the request. */
    faults: z.array(z.object({ where: z.string(), words: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;

/** Of a secret in the store, which is a folder. */
export const storedName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
