import { z } from 'zod';
import { givenName } from './common.ts';

const secretText = z.string().min(1).max(1024);

const custodianPasswords = z
  .record(givenName, secretText)
  .refine((it) => Object.keys(it).length <= 255);

/** `password`, `token(NAME)`, `recipient(age1…)`, some of them joined by `+`, or `quorum(K, NAME, …)`. */
export const envelopeExpression = z
  .string()
  .min(1)
  .max(4000)
  // The query of a URI is where people put PINs, and this is kept.
  .regex(/^(?!.*pin-(?:value|source))[^\p{Cc}\p{Cs}]+$/iu);

/** An alias of a token, or the URI of a key. */
export const tokenName = z
  .string()
  .min(1)
  .max(1024)
  // Without a query, which is where people put PINs.
  .regex(/^[!->@-~]+$/);

/** What a backup is opened with; kept in memory until the job ends, and nowhere else. */
export const opening = {
  password: secretText.optional(),
  /** age identities, one a line. */
  identities: z.string().min(1).max(16_384).optional(),
  custodianPasswords: custodianPasswords.optional(),
  /** The token to open it with; any that fits, without it. */
  token: tokenName.optional(),
};

/** `usb`, `usb:LABEL` or `folder:NAME` of the configuration. */
export const destination = z
  .string()
  .min(1)
  .max(300)
  .regex(/^(?:usb(?::[^\p{Cc}/\\]+)?|folder:[a-z0-9._-]+)$/u);

/** How a backup is sealed and kept. */
export const sealing = {
  to: z.array(destination).min(1).max(16),
  envelopes: z.array(envelopeExpression).min(1).max(16).optional(),
  policy: z.string().min(1).max(64).optional(),
  hint: z.string().max(512).optional(),
  discreet: z.boolean().optional(),
  /** How many generations of the secret to leave on each medium. */
  keep: z.int().min(1).max(1000).optional(),
  /** Unmount each medium and switch it off once its copy is proven. */
  eject: z.boolean().optional(),
  allowWeakPassword: z.boolean().optional(),
  allowSinglePointOfFailure: z.boolean().optional(),
};

/** What it is sealed with; likewise. */
export const sealingSecrets = {
  password: secretText.optional(),
  custodianPasswords: custodianPasswords.optional(),
};

export { secretText };
