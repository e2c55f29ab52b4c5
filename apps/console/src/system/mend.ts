import type { Got } from '../api/queries.ts';
import { to } from '../frame/links.ts';
import type { Words } from '../words/en/index.ts';

export type Status = Got<'getStatus'>;
export type Finding = Status['findings'][number];
export type SecretStatus = Status['secrets'][number];

/** The page on which a finding is mended, and the word for its button; `null`: no page does it. */
export interface Mend {
  readonly word: keyof Words['system']['mends'];
  readonly href: string;
}

export function mendOf({ code, secret }: Finding, of: SecretStatus | undefined): Mend | null {
  const backup = of?.newest?.id;
  switch (code) {
    case 'never-backed-up':
    case 'nothing-known':
    case 'rotated-since':
    case 'backup-overdue':
    case 'too-few-copies':
    case 'one-host':
    case 'one-medium':
    case 'single-point-of-failure':
      return { word: 'backUp', href: to.backUp(secret ?? undefined) };
    case 'verification-failed':
      return backup === undefined ? null : { word: 'verify', href: to.verify({ backup }) };
    case 'drill-failed':
    case 'drill-overdue':
      return backup === undefined ? null : { word: 'drill', href: to.drill({ backup }) };
    case 'live-unreadable':
    case 'live-check-overdue':
      return secret === null ? null : { word: 'compare', href: to.secret(secret) };
    case 'custodian-never-checked':
    case 'custodian-overdue':
    case 'custodian-check-failed':
      return { word: 'custodians', href: to.custodians };
    case 'protected-medium':
    case 'cloned-media':
    case 'older-generation-returned':
      return { word: 'media', href: to.media };
    case 'policy-unknown':
    case 'policy-violated':
      return { word: 'policies', href: to.policies };
    case 'interrupted-job':
      return { word: 'jobs', href: to.jobs };
    case 'superseded-copy':
    case 'unknown-signer':
      return { word: 'backups', href: to.backups };
    default:
      return null;
  }
}
