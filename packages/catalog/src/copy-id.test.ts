import { expect, test } from 'vitest';

import { copyId, type CopyName } from './copy-id.ts';
import { mediumId } from './medium-id.ts';

const copy: CopyName = {
  backup: 'b1',
  place: { kind: 'folder', path: '/mnt/backups', host: 'vault1' },
  medium: null,
  file: 'sso.tar',
};

test('a copy has the same id whoever computes it', () => {
  expect(copyId(copy)).toBe(copyId({ ...copy, place: { ...copy.place } }));
  expect(copyId(copy)).toMatch(/^[0-9a-f]{32}$/);
});

test.each<[string, Partial<CopyName>]>([
  ['of another backup', { backup: 'b2' }],
  ['in another folder', { place: { kind: 'folder', path: '/mnt/other', host: 'vault1' } }],
  ['on another machine', { place: { kind: 'folder', path: '/mnt/backups', host: 'vault2' } }],
  ['of another name', { file: 'sso-2.tar' }],
  ['on a medium', { place: { kind: 'medium', path: null }, medium: 'm1' }],
])('a copy %s is another copy', (_, other) => {
  expect(copyId({ ...copy, ...other })).not.toBe(copyId(copy));
});

test('copies on two media are two copies', () => {
  const place = { kind: 'medium', path: null } as const;
  const on = (medium: string) => copyId({ ...copy, place, medium });
  expect(on('m1')).not.toBe(on('m2'));
});

test('a clone of a stick is another medium, and a new label makes none', () => {
  const stick = { uuid: '1234-ABCD', serial: '0001', vendor: 'SanDisk', product: 'Ultra' };
  const renamed = { ...stick, label: 'BLACK' };
  expect(mediumId(renamed)).toBe(mediumId(stick));
  expect(mediumId({ ...stick, serial: '0002' })).not.toBe(mediumId(stick));
  expect(mediumId({ ...stick, uuid: '9999-FFFF' })).not.toBe(mediumId(stick));
});
