import type { EnvelopeFacts } from '@holdfast/catalog';
import type { Waiver } from '../backup-file/manifest.ts';
import { coreError } from '../errors.ts';
import type { SealingRules } from '../envelopes/sealer.ts';
import type { ResolvedEnvelope } from '../envelopes/resolved.ts';
import { lossesOf } from './losses.ts';
import { waivesSinglePoint, type Policy } from './policy.ts';
import { factsOfResolved } from './resolved.ts';
import { opensWithoutToken, violationsByDesign } from './violations.ts';

/** A request to seal, as far as rules go. */
type Ruled = Pick<SealingRules, 'requireToken' | 'allowSinglePointOfFailure'> & {
  readonly policy?: Policy | undefined;
};

/** The rules in force: those that were asked for, and those of the policy. */
export function rulesUnder({
  policy,
  requireToken,
  allowSinglePointOfFailure,
}: Ruled): Required<Omit<Ruled, 'policy'>> {
  return {
    requireToken: (requireToken ?? false) || (policy?.requireToken ?? false),
    allowSinglePointOfFailure:
      (allowSinglePointOfFailure ?? false) || (policy !== undefined && waivesSinglePoint(policy)),
  };
}

/** What the manifest has to tell: `waived`, and what the policy of a request adds. @throws as `assertPolicy` */
export function waiversUnder(
  request: Ruled,
  envelopes: readonly ResolvedEnvelope[],
  { waived }: { readonly waived: readonly Waiver[] },
): readonly Waiver[] {
  if (request.policy === undefined) return waived;
  const allowed = request.allowSinglePointOfFailure;
  const more = assertPolicy(request.policy, envelopes.map(factsOfResolved), { allowed });
  return [...new Set([...waived, ...more])];
}

/**
 * Requires that envelopes to come keep the rules of a policy. Resolves to the waivers that the manifest has to tell:
 * none where none was needed.
 *
 * @throws TOKEN_REQUIRED, SINGLE_POINT_OF_FAILURE (one token), POLICY_VIOLATED (one custodian)
 */
export function assertPolicy(
  policy: Policy,
  envelopes: readonly EnvelopeFacts[],
  { allowed }: { readonly allowed: boolean | undefined },
): readonly Waiver[] {
  const free = policy.requireToken ? envelopes.find(opensWithoutToken) : undefined;
  if (free !== undefined) {
    const which = `envelope ${String(free.index)}`;
    throw coreError(
      'TOKEN_REQUIRED',
      `the policy ${policy.name}: ${which} would open without a token`,
    );
  }
  const losses = lossesOf({ envelopes, copies: null, discreet: false });
  const strict = { ...policy, requireToken: false, independentRecovery: true, waive: [] };
  const [broken] = violationsByDesign(strict, { envelopes, losses });
  if (broken === undefined) return [];
  if (allowed || waivesSinglePoint(policy)) return ['single-point-of-failure'];
  const byToken = losses.single.some(
    ({ loss, restorable }) => loss.kind === 'token' && restorable !== 'yes',
  );
  throw coreError(
    byToken ? 'SINGLE_POINT_OF_FAILURE' : 'POLICY_VIOLATED',
    `the policy ${policy.name}: ${broken.words}`,
  );
}
