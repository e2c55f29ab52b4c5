import { describe, expect, test } from 'vitest';
import { findingsOf } from './findings.ts';
import type { FindingCode, Severity } from './report.ts';
import {
  ago,
  aroundOf,
  backupRow,
  copyInFolder,
  copyOnMedium,
  custodianRow,
  DAY,
  HOUR,
  jobRow,
  mediumRow,
  policyOf,
  viewOf,
} from './testing/views.ts';
import type { SecretView, Surroundings } from './view.ts';

type Told = readonly [code: FindingCode, severity: Severity];

function told(view: Partial<SecretView>, around: Partial<Surroundings> = {}): Told[] {
  return findingsOf(viewOf(view), aroundOf(around)).map(({ code, severity }) => [code, severity]);
}

function mends(view: Partial<SecretView>, around: Partial<Surroundings> = {}): (string | null)[] {
  return findingsOf(viewOf(view), aroundOf(around)).map(({ mend }) => mend);
}

const black = copyOnMedium('black');
const white = copyOnMedium('white');

test('a secret with a backup on two media has no finding', () => {
  expect(told({})).toEqual([]);
});

describe('what was never backed up', () => {
  const never = { newest: null, backups: [], copies: [] };

  test('is critical, and that is all that is said of it', () => {
    expect(told(never)).toEqual([['never-backed-up', 'critical']]);
    expect(mends(never)).toEqual(['holdfast backup /etc/sso --to usb']);
  });

  test('is so under a policy as well', () => {
    const policy = policyOf({ maxAge: DAY, drillEvery: DAY });
    expect(told({ ...never, policyName: 'strict', policy })).toEqual([
      ['never-backed-up', 'critical'],
    ]);
  });
});

describe('the live secret', () => {
  test('that was rotated since is critical', () => {
    const live = { state: 'rotated since', at: ago(HOUR), failure: null } as const;
    expect(told({ live })).toEqual([['rotated-since', 'critical']]);
    expect(mends({ live })).toEqual(['holdfast backup /etc/sso --to usb:BLACK --to usb:WHITE']);
  });

  test('that could not be read is a warning, beside what was seen before', () => {
    const unreadable = { state: 'unreadable', at: null, failure: 'SOURCE_NOT_FOUND' } as const;
    expect(told({ live: unreadable })).toEqual([['live-unreadable', 'warning']]);
    expect(told({ live: { ...unreadable, state: 'rotated since', at: ago(HOUR) } })).toEqual([
      ['rotated-since', 'critical'],
      ['live-unreadable', 'warning'],
    ]);
  });

  test('is to be compared within its interval, counted from the newest backup too', () => {
    const same = (at: string) => ({ state: 'same', at, failure: null }) as const;
    const newest = backupRow({ created: ago(9 * DAY) });
    const view = { newest, checkLiveEvery: 2 * DAY };
    expect(told({ ...view, live: same(ago(2 * DAY)) })).toEqual([
      ['live-check-overdue', 'warning'],
    ]);
    expect(told({ ...view, live: same(ago(2 * DAY - 1)) })).toEqual([]);
    expect(told({ ...view, live: same(ago(-DAY)) })).toEqual([['live-check-overdue', 'warning']]);
    expect(told({ ...view, newest: backupRow({ created: ago(DAY) }) })).toEqual([]);
    expect(told({ ...view, source: null })).toEqual([]);
    expect(told({ newest })).toEqual([]);
  });
});

describe('a signer whom nobody here knows', () => {
  const planted = backupRow({ id: 'planted', trusted: false, signer: 'SHA256:stranger' });

  test('is a warning beside a backup that is trusted', () => {
    expect(told({ untrusted: [planted] })).toEqual([['unknown-signer', 'warning']]);
  });

  test('is critical where nothing else is there, and does not count as a backup', () => {
    const copy = copyOnMedium('black', { backup: 'planted' });
    const view = { newest: null, untrusted: [planted], copies: [copy], current: [], counted: [] };
    expect(told(view)).toEqual([['unknown-signer', 'critical']]);
    expect(mends(view)).toEqual(['holdfast inspect usb:BLACK/sso.tar']);
  });
});

describe('copies', () => {
  test('that are fewer than the policy wants are critical', () => {
    const policy = policyOf({ copies: 3 });
    expect(told({ policy })).toEqual([['too-few-copies', 'critical']]);
    expect(told({ policy: policyOf({ copies: 2 }) })).toEqual([]);
    expect(mends({ policy })).toEqual(['holdfast backup /etc/sso --to usb']);
  });

  test('are counted by where they lie: two files on one medium are lost together', () => {
    const twice = [black, copyOnMedium('black', { id: 'second', file: 'other.tar' })];
    expect(told({ copies: twice, policy: policyOf({ copies: 2 }) })).toEqual([
      ['too-few-copies', 'critical'],
      ['one-medium', 'warning'],
    ]);
  });

  test('of which none counts are critical without any policy', () => {
    expect(told({ copies: [] })).toEqual([['too-few-copies', 'critical']]);
  });

  test('that all are on this machine are a warning, however many folders that is', () => {
    const copies = [copyInFolder('here', '/one'), copyInFolder('here', '/two')];
    expect(told({ copies })).toEqual([['one-host', 'warning']]);
    expect(mends({ copies })).toEqual(['holdfast backup /etc/sso --to usb']);
    expect(told({ copies: [...copies, copyInFolder('there', '/one')] })).toEqual([]);
    expect(told({ copies: [...copies, black] })).toEqual([]);
  });

  test('that all are on another machine are a warning as well', () => {
    expect(told({ copies: [copyInFolder('there', '/one')] })).toEqual([['one-host', 'warning']]);
  });

  test('that all are on one medium are a warning, unless a policy wants one copy', () => {
    expect(told({ copies: [black] })).toEqual([['one-medium', 'warning']]);
    expect(told({ copies: [black], policy: policyOf({ copies: 1 }) })).toEqual([]);
    expect(told({ copies: [black, copyInFolder('here', '/one')] })).toEqual([]);
  });

  test('that were found to be damaged are critical, and do not count', () => {
    const bad = copyOnMedium('white', { verifyOutcome: 'BACKUP_DAMAGED' });
    expect(told({ copies: [black, bad], counted: [black], policy: policyOf() })).toEqual([
      ['too-few-copies', 'critical'],
      ['one-medium', 'warning'],
      ['verification-failed', 'critical'],
    ]);
  });

  test('that somebody could not open with a wrong password are not damaged', () => {
    const copy = copyOnMedium('white', { verifyOutcome: 'WRONG_PASSWORD' });
    expect(told({ copies: [black, copy] })).toEqual([]);
  });
});

describe('the newest backup', () => {
  const policy = policyOf({ maxAge: 2 * DAY });

  test('is critical when it is older than the policy wants', () => {
    expect(told({ policy, newest: backupRow({ created: ago(2 * DAY) }) })).toEqual([
      ['backup-overdue', 'critical'],
    ]);
    expect(told({ policy, newest: backupRow({ created: ago(2 * DAY - 1) }) })).toEqual([]);
  });

  test('is overdue when it is from the future: it could be of any age', () => {
    expect(told({ policy, newest: backupRow({ created: ago(-DAY) }) })).toEqual([
      ['backup-overdue', 'critical'],
    ]);
  });
});

describe('drills', () => {
  const policy = policyOf({ drillEvery: 30 * DAY });
  const old = { newest: backupRow({ created: ago(90 * DAY) }) };
  const since = (milliseconds: number) => ({
    ...{ policy, ...old, backups: [old.newest], drilledAt: ago(milliseconds) },
  });

  test('that failed are critical, with or without a policy', () => {
    const copy = copyOnMedium('white', { drillOutcome: 'LIVE_SECRET_DIFFERS' });
    expect(told({ copies: [black, copy] })).toEqual([['drill-failed', 'critical']]);
    expect(mends({ copies: [black, copy] })).toEqual(['holdfast drill usb:WHITE/sso.tar']);
  });

  test('that somebody broke off say nothing', () => {
    const copy = copyOnMedium('white', { drillOutcome: 'CANCELLED' });
    expect(told({ copies: [black, copy] })).toEqual([]);
  });

  test('are overdue when no copy was drilled in time', () => {
    expect(told(since(30 * DAY))).toEqual([['drill-overdue', 'critical']]);
    expect(told(since(30 * DAY - 1))).toEqual([]);
  });

  test('are not due at once for a new secret, and do not wait for ever for one with new copies', () => {
    expect(told({ policy })).toEqual([]);
    const oldest = backupRow({ id: 'first', created: ago(30 * DAY) });
    expect(told({ policy, backups: [backupRow(), oldest] })).toEqual([
      ['drill-overdue', 'critical'],
    ]);
  });

  test('of one copy that are overdue are a warning while another was drilled in time', () => {
    const copies = [
      copyOnMedium('black', { madeAt: ago(90 * DAY), drilledAt: ago(DAY), drillOutcome: 'ok' }),
      copyOnMedium('white', {
        madeAt: ago(90 * DAY),
        drilledAt: ago(31 * DAY),
        drillOutcome: 'ok',
      }),
    ];
    expect(told({ ...since(DAY), copies })).toEqual([['drill-overdue', 'warning']]);
    expect(mends({ ...since(DAY), copies })).toEqual(['holdfast drill usb:WHITE/sso.tar']);
  });

  test('are not asked for without a policy', () => {
    expect(told({ ...since(999 * DAY), policy: null })).toEqual([]);
  });

  test('from the future are not fresh', () => {
    expect(told(since(-DAY))).toEqual([['drill-overdue', 'critical']]);
  });
});

describe('a single point of failure', () => {
  const singlePoints = ['the token "lab" (serial 1)'];

  test('is critical, and amber when the backup says that it was accepted, or its policy does', () => {
    expect(told({ singlePoints })).toEqual([['single-point-of-failure', 'critical']]);
    const newest = backupRow({ waivers: ['single-point-of-failure'] });
    const accepted = [['single-point-of-failure', 'warning']];
    expect(told({ singlePoints, newest })).toEqual(accepted);
    expect(told({ newest })).toEqual(accepted);
    const policy = policyOf({ waive: ['single-point-of-failure'] });
    expect(told({ singlePoints, policy })).toEqual(accepted);
    expect(told({ singlePoints, policy: policyOf({ independentRecovery: false }) })).toEqual(
      accepted,
    );
    expect(told({ singlePoints, policy: policyOf() })).toEqual([
      ['single-point-of-failure', 'critical'],
    ]);
  });

  test('is mended at a copy that lies here', () => {
    const copies = [copyInFolder('here', '/srv/backups'), black];
    expect(mends({ singlePoints, copies })).toEqual([
      'holdfast envelopes add /srv/backups/sso.tar --envelope password',
    ]);
  });
});

test('a policy that is not in the configuration is a warning', () => {
  expect(told({ policyName: 'gone' })).toEqual([['policy-unknown', 'warning']]);
  expect(told({ policyName: 'strict', policy: policyOf() })).toEqual([]);
});

test('a policy that is broken is critical', () => {
  const view = { policyName: 'strict', policy: policyOf(), violations: ['envelope 1 opens …'] };
  expect(told(view)).toEqual([['policy-violated', 'critical']]);
  expect(mends(view)).toEqual(['holdfast policy check strict']);
});

describe('custodians', () => {
  const who = (name: string, more = {}, checkEvery: number | null = null) => ({
    ...{ name, row: custodianRow(name, more), checkEvery },
  });

  test('who never checked are a warning, as are those whom nobody knows', () => {
    const never = [who('alice', { checkedAt: null, checkOutcome: null })];
    expect(told({ custodians: never })).toEqual([['custodian-never-checked', 'warning']]);
    expect(mends({ custodians: never })).toEqual([
      'holdfast custodian check usb:BLACK/sso.tar --as alice',
    ]);
    const stranger = { name: 'eve', row: null, checkEvery: null };
    expect(told({ custodians: [stranger] })).toEqual([['custodian-never-checked', 'warning']]);
    expect(told({ custodians: [who('bob')] })).toEqual([]);
  });

  test('who did not check in time are a warning', () => {
    expect(told({ custodians: [who('bob', {}, DAY)] })).toEqual([['custodian-overdue', 'warning']]);
    expect(told({ custodians: [who('bob', {}, 2 * DAY)] })).toEqual([]);
  });

  test('whose check failed are a warning', () => {
    const bad = who('bob', { checkOutcome: 'SHARE_INVALID' });
    expect(told({ custodians: [bad] })).toEqual([['custodian-check-failed', 'warning']]);
  });
});

describe('generations', () => {
  const first = backupRow({ generation: 1, superseded: true, recordedAt: ago(9 * DAY) });
  const second = backupRow({ generation: 2, manifest: 'bb', recordedAt: ago(2 * DAY) });
  const view = { newest: second, backups: [second, first] };
  const fresh = [
    copyOnMedium('black', { generation: 2, madeAt: ago(2 * DAY) }),
    copyOnMedium('white', { generation: 2, madeAt: ago(2 * DAY) }),
  ];
  const older = (madeAt: string) =>
    copyOnMedium('red', { generation: 1, superseded: true, madeAt });
  const seen = (copy: ReturnType<typeof older>) => ({
    ...{ ...view, copies: [...fresh, copy], current: fresh, counted: fresh },
  });

  test('that were changed since still lie elsewhere: a warning', () => {
    expect(told(seen(older(ago(5 * DAY))))).toEqual([['superseded-copy', 'warning']]);
  });

  test('that come back after a later one was known are told as such', () => {
    expect(told(seen(older(ago(DAY))))).toEqual([['older-generation-returned', 'warning']]);
  });

  test('that are all of the newest are nothing to tell', () => {
    expect(told({ ...view, copies: fresh })).toEqual([]);
  });
});

describe('work that was interrupted', () => {
  test('is a warning where it may have left something, and a note elsewhere', () => {
    expect(told({ interrupted: [jobRow()] })).toEqual([['interrupted-job', 'warning']]);
    expect(told({ interrupted: [jobRow({ kind: 'drill' })] })).toEqual([
      ['interrupted-job', 'note'],
    ]);
  });
});

describe('a protected medium', () => {
  const media = new Map([
    ['black', mediumRow('black', { protected: true, name: 'vault copy' })],
    ['white', mediumRow('white')],
    ['red', mediumRow('red')],
  ]);
  const stale = copyOnMedium('black', { backup: 'older' });

  test('that holds only older backups is worth a note', () => {
    const current = [white, copyOnMedium('red')];
    const view = { copies: [stale, ...current], current, counted: current };
    expect(told(view, { media })).toEqual([['protected-medium', 'note']]);
    expect(mends(view, { media })).toEqual(['holdfast media name black --unprotect']);
  });

  test('that holds the newest backup is none', () => {
    expect(told({ copies: [stale, black, white], current: [black, white] }, { media })).toEqual([]);
  });

  test('is not where a new backup is said to go', () => {
    const live = { state: 'rotated since', at: ago(HOUR), failure: null } as const;
    expect(mends({ live }, { media })).toEqual(['holdfast backup /etc/sso --to usb:WHITE']);
  });
});
