import type { CatalogEvent } from '@holdfast/core/service';
import type { QuorumSession } from './ports.ts';

/** What the audit log has of a session: who it is for, never anything of its shares. */
export function quorumEvent(
  action: 'quorum.begin' | 'quorum.share' | 'quorum.end',
  { id, backup, secret, purpose, state }: QuorumSession,
): CatalogEvent {
  const words =
    purpose.kind === 'relay' ? `relay to ${purpose.recipient}` : `restore to ${purpose.target}`;
  return {
    ...{ action, outcome: state === 'expired' ? 'EXPIRED' : 'ok', backup },
    ...(secret !== null && { secret }),
    detail: { session: id, purpose: words },
  };
}
