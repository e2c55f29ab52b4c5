import type { ActionName, AuditEntry, AuditFilter, Paged } from '@holdfast/catalog';
import { closest } from '../config/closest.ts';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';

export interface AuditPageRequest extends Pick<
  AuditFilter,
  'secret' | 'backup' | 'medium' | 'custodian' | 'since' | 'until' | 'limit' | 'after'
> {
  /** One of the names that the audit log has for what is done. */
  readonly action?: string | undefined;
}

/** A record, so that a new action that is not named here does not compile. */
const ACTIONS: Readonly<Record<ActionName, true>> = {
  'job.begin': true,
  'job.end': true,
  'job.interrupted': true,
  'backup.make': true,
  'backup.change': true,
  'backup.find': true,
  'copy.make': true,
  'copy.find': true,
  'copy.verify': true,
  'copy.remove': true,
  restore: true,
  drill: true,
  'secret.generate': true,
  'secret.import': true,
  'secret.rotate': true,
  'secret.read': true,
  'secret.observe': true,
  'secret.describe': true,
  'token.enroll': true,
  'token.test': true,
  'token.forget': true,
  'token.generate-key': true,
  'medium.see': true,
  'medium.describe': true,
  'medium.forget': true,
  'custodian.add': true,
  'custodian.change': true,
  'custodian.remove': true,
  'custodian.check': true,
  'custodian.contribute': true,
  'access.create': true,
  'access.revoke': true,
  'login.fail': true,
  'session.begin': true,
  'session.end': true,
  'approval.ask': true,
  'approval.give': true,
  'approval.reject': true,
  'approval.expire': true,
  'job.cancel': true,
  'schedule.put': true,
  'schedule.remove': true,
  'schedule.miss': true,
  'quorum.begin': true,
  'quorum.share': true,
  'quorum.end': true,
  'backup.fetch': true,
  'token.pin': true,
  'service.start': true,
  'service.stop': true,
  'catalog.rebuild': true,
  init: true,
};

const MOST = 10_000;

/** A page of the audit log, newest first. Makes no catalog. @throws USAGE, what opening the catalog throws */
export async function auditPage(
  { action, limit = 50, ...request }: AuditPageRequest,
  { catalog }: Pick<Run, 'catalog'>,
): Promise<Paged<AuditEntry>> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw coreError('USAGE', `a page holds from 1 to ${String(MOST)} entries`);
  }
  if (action !== undefined && !isAction(action)) {
    const near = closest(action, Object.keys(ACTIONS));
    const advice = near === null ? '' : `; did you mean ${near}?`;
    throw coreError('USAGE', `the audit log has no action ${action}${advice}`);
  }
  const there = (await catalog?.openIfThere()) ?? null;
  if (there === null) return { rows: [], next: null };
  return await there.audit({ ...request, action, limit, newestFirst: true });
}

function isAction(text: string): text is ActionName {
  return Object.hasOwn(ACTIONS, text);
}
