import type { Job } from '@holdfast/api';
import { service } from '../api/service.ts';
import { expressionsOf, typedFor, type Known, type Plan } from './plan.ts';

/** Hands PINs over, and asks for the backup. Resolves to its job. @throws ApiProblem, ServiceUnreachable */
export async function submit(plan: Plan, known: Known): Promise<Job> {
  const typed = typedFor(plan, known);
  for (const token of typed.pins) {
    await service.call('handPin', { body: { token, pin: plan.pins[token] ?? '' } });
  }
  const { password, hint, allowWeakPassword, allowSinglePointOfFailure, to, eject } = plan;
  const custodianPasswords = Object.fromEntries(
    typed.custodianPasswords.map((name) => [name, plan.custodianPasswords[name] ?? '']),
  );
  const body = {
    to: [...to],
    ...(plan.how === 'own' && { envelopes: [...expressionsOf(plan, known)] }),
    ...(plan.policy !== '' && { policy: plan.policy }),
    ...(typed.password && { password }),
    ...(typed.password && hint !== '' && { hint }),
    ...(typed.custodianPasswords.length > 0 && { custodianPasswords }),
    ...{ eject, allowWeakPassword, allowSinglePointOfFailure },
  };
  if (plan.what === 'existing') {
    return await service.call('createBackup', { body: { secret: plan.secret, ...body } });
  }
  const id = plan.what === 'generate' ? 'generateSecret' : 'rotateSecret';
  return await service.call(id, { params: { name: plan.secret }, body });
}
