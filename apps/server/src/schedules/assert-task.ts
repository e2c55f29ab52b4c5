import { coreError, parseEnvelope, policyNamed, type Config } from '@holdfast/core';
import type { Json } from '@holdfast/core/service';

/**
 * Refuses what no schedule can do.
 *
 * @throws PASSWORD_NEEDED for a backup under a password, which nobody is there to type; ENVELOPE_INVALID,
 *   POLICY_UNKNOWN
 */
export function assertTask(
  { what, request }: { readonly what: string; readonly request: Json },
  config: Config,
): void {
  if (what !== 'backup') return;
  const { secret, envelopes, policy } = request as {
    readonly secret: string;
    readonly envelopes?: readonly string[];
    readonly policy?: string;
  };
  const setting = Object.hasOwn(config.secrets, secret) ? config.secrets[secret] : undefined;
  const named = policy ?? setting?.policy ?? null;
  const rules = named === null ? null : policyNamed(config.policies, named);
  for (const expression of envelopes ?? rules?.envelopes ?? config.backup.envelopes) {
    const { factors } = parseEnvelope(expression);
    if (!factors.some(({ kind }) => kind === 'password')) continue;
    const message = `the envelope "${expression}" takes a password, which a schedule does not have`;
    throw coreError('PASSWORD_NEEDED', message);
  }
}
