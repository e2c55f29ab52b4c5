import type { BackupRow, CopyRow, CustodianRow, JobRow, MediumRow } from '@holdfast/catalog';
import type { Policy } from '../../policy/policy.ts';
import type { SecretView, Surroundings } from '../view.ts';

export const NOW = Date.parse('2026-08-01T12:00:00.000Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A time so many milliseconds before now. */
export function ago(milliseconds: number): string {
  return new Date(NOW - milliseconds).toISOString();
}

export function backupRow(more: Partial<BackupRow> = {}): BackupRow {
  return {
    ...{ id: 'backup-1', secret: 'sso', recordedAt: ago(DAY), superseded: false },
    ...{ generation: 1, manifest: 'aa', previous: null, created: ago(DAY), host: 'here' },
    ...{ kind: 'file', size: 10240, payloadDigest: 'dd', signer: 'SHA256:own', trusted: true },
    ...{ discreet: false, waivers: [], mark: 'mark-1' },
    envelopes: [{ index: 1, factors: [{ kind: 'password' }] }],
    ...more,
  };
}

export function copyOnMedium(medium: string, more: Partial<CopyRow> = {}): CopyRow {
  return {
    ...{ id: `copy-${medium}`, backup: 'backup-1', secret: 'sso', medium, generation: 1 },
    ...{ place: { kind: 'medium', path: null }, file: 'sso.tar', size: 10240, proof: 'remounted' },
    ...{ number: 1, of: 1, madeAt: ago(DAY), verifiedAt: null, verifyOutcome: null },
    ...{ drilledAt: null, drillOutcome: null, removedAt: null, superseded: false },
    ...more,
  };
}

export function copyInFolder(host: string, path: string, more: Partial<CopyRow> = {}): CopyRow {
  const place = { kind: 'folder', host, path } as const;
  return copyOnMedium('', { id: `copy-${host}${path}`, place, medium: null, ...more });
}

export function mediumRow(id: string, more: Partial<MediumRow> = {}): MediumRow {
  return {
    ...{ id, label: id.toUpperCase(), uuid: `uuid-${id}`, serial: `serial-${id}` },
    ...{ vendor: 'Acme', product: 'Stick', size: 1e9, name: null, location: null, owner: null },
    ...{ protected: false, firstSeen: ago(9 * DAY), lastSeen: ago(DAY) },
    ...more,
  };
}

export function custodianRow(name: string, more: Partial<CustodianRow> = {}): CustodianRow {
  return {
    ...{ name, factors: 'password', contact: null, checkEvery: null, addedAt: ago(99 * DAY) },
    ...{ removedAt: null, checkedAt: ago(DAY), checkOutcome: 'ok' },
    ...more,
  };
}

export function jobRow(more: Partial<JobRow> = {}): JobRow {
  return {
    ...{ id: 'job-1', kind: 'backup', pid: 1, boot: 'b', processStarted: '1', host: 'here' },
    ...{ places: [], secret: 'sso', backup: 'backup-1', beganAt: ago(HOUR), endedAt: ago(0) },
    outcome: 'INTERRUPTED',
    ...more,
  };
}

export function policyOf(more: Partial<Policy> = {}): Policy {
  return {
    ...{ name: 'strict', envelopes: ['password'], requireToken: false, copies: 2 },
    ...{ maxAge: null, drillEvery: null, checkCustodiansEvery: null },
    ...{ independentRecovery: true, waive: [] },
    ...more,
  };
}

/** A secret that all is well with: one backup, a copy on each of two media. */
export function viewOf(more: Partial<SecretView> = {}): SecretView {
  const newest = backupRow();
  const copies = more.copies ?? [copyOnMedium('black'), copyOnMedium('white')];
  return {
    ...{ name: 'sso', policyName: null, policy: null, checkLiveEvery: null },
    source: { kind: 'file', what: ['/etc/sso'] },
    ...{ newest, untrusted: [], backups: [newest], moreBackups: false },
    ...{ copies, moreCopies: false, current: copies, counted: copies, drilledAt: null },
    live: { state: 'unknown', at: null, failure: null },
    ...{ singlePoints: [], violations: [], interrupted: [], custodians: [] },
    ...more,
  };
}

export function aroundOf(more: Partial<Surroundings> = {}): Surroundings {
  const media = [mediumRow('black'), mediumRow('white')];
  return { now: NOW, host: 'here', media: new Map(media.map((row) => [row.id, row])), ...more };
}
