import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Enrolment } from '../ports.ts';
import { isAlias, recordsIn, type Records } from './records.ts';

const ENROLMENT: Enrolment = {
  alias: 'backup-hsm',
  uri: 'pkcs11:serial=0123;token=lab;id=%01;object=kek',
  details: {
    token: { label: 'lab', serial: '0123' },
    label: 'kek',
    id: '01',
    algorithm: 'p256',
    fingerprint: 'ab'.repeat(32),
  },
  publicKey: 'MFkwEwYHKoZIzj0CAQ==',
  stanza: 'p256tag',
  tried: [{ way: 'ECDH on the token', works: true }],
  alwaysAuthenticate: false,
  claims: {
    sensitive: true,
    alwaysSensitive: true,
    extractable: false,
    neverExtractable: true,
    local: null,
  },
  warnings: [],
  enrolled: '2026-01-02T03:04:05Z',
  tested: '2026-01-02T03:04:05Z',
};

let base: string;
let folder: string;
let records: Records;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'holdfast-records-'));
  folder = join(base, 'tokens');
  records = recordsIn({ folder });
});

afterEach(async () => {
  await rm(base, { recursive: true });
});

describe('a record', () => {
  it('is read as it was written, by its owner alone', async () => {
    await records.write(ENROLMENT);
    expect(await records.read('backup-hsm')).toEqual(ENROLMENT);
    expect(await records.list()).toEqual([ENROLMENT]);
    expect(await readdir(folder)).toEqual(['backup-hsm.json']);
    expect((await stat(join(folder, 'backup-hsm.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('gets the modes that whoever prepares the folder says', async () => {
    const prepared = recordsIn({
      folder: base,
      prepareFolder: async () => ({ gid: process.getegid?.() ?? 0, fileMode: 0o660 }),
    });
    await prepared.write(ENROLMENT);
    expect((await stat(join(base, 'backup-hsm.json'))).mode & 0o777).toBe(0o660);
  });

  it('replaces another only when it may', async () => {
    await records.write(ENROLMENT);
    const later = { ...ENROLMENT, tested: '2027-01-01T00:00:00Z' };
    await expect(records.write(later)).rejects.toMatchObject({ code: 'TOKEN_ALIAS_EXISTS' });
    expect(await records.read('backup-hsm')).toEqual(ENROLMENT);
    await records.write(later, { replace: true });
    expect(await records.read('backup-hsm')).toEqual(later);
    expect(await readdir(folder)).toEqual(['backup-hsm.json']);
  });

  it('is written by one of several who do so at once', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, async () => await records.write(ENROLMENT)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await records.read('backup-hsm')).toEqual(ENROLMENT);
  });

  it('can be forgotten once, even when it is out of order', async () => {
    await records.write(ENROLMENT);
    await writeFile(join(folder, 'backup-hsm.json'), '{');
    await records.remove('backup-hsm');
    expect(await records.read('backup-hsm')).toBe(null);
    await expect(records.remove('backup-hsm')).rejects.toMatchObject({
      code: 'TOKEN_ALIAS_NOT_FOUND',
    });
  });

  it('of a secret key has no public key', async () => {
    const enrolment: Enrolment = {
      ...ENROLMENT,
      publicKey: null,
      details: { ...ENROLMENT.details, algorithm: 'aes', fingerprint: 'ab'.repeat(16) },
    };
    await records.write(enrolment);
    expect(await records.read('backup-hsm')).toEqual(enrolment);
  });

  it('that is not as records are is refused, and named', async () => {
    await records.write(ENROLMENT);
    const path = join(folder, 'backup-hsm.json');
    const good = await readFile(path, 'utf8');
    const damages: [string, string][] = [
      [good, ''],
      [good, good.slice(0, -20)],
      ['holdfast-token-1', 'holdfast-token-9'],
      ['"uri"', '"url"'],
      ['"stanza"', '"pin": "1234", "stanza"'],
      ['"works": true', '"works": 1'],
      ['"id": "01"', '"id": "0"'],
      ['"algorithm": "p256"', '"algorithm": "toString"'],
      ['"warnings": []', '"warnings": {}'],
      ['"local": null', '"local": "yes"'],
      ['"alias": "backup-hsm"', '"alias": "another"'],
      ['05Z', '05'],
      [good, '[]'],
      [good, 'null'],
    ];
    for (const [from, to] of damages) {
      await writeFile(path, good.replace(from, to));
      await expect(records.read('backup-hsm'), to).rejects.toMatchObject({
        code: 'TOKEN_RECORD_INVALID',
        message: expect.stringContaining(path),
      });
      await expect(records.list(), to).rejects.toMatchObject({ code: 'TOKEN_RECORD_INVALID' });
    }
  });

  it('is not looked for outside its folder', async () => {
    expect(await records.read('../backup-hsm')).toBe(null);
    await expect(records.remove('../x')).rejects.toMatchObject({ code: 'TOKEN_ALIAS_NOT_FOUND' });
    await expect(records.write({ ...ENROLMENT, alias: '../x' })).rejects.toMatchObject({
      code: 'TOKEN_RECORD_INVALID',
    });
  });
});

it('without a folder there are no records', async () => {
  expect(await records.list()).toEqual([]);
  expect(await records.read('backup-hsm')).toBe(null);
});

it('a folder that cannot be one is a typed error', async () => {
  await writeFile(folder, '');
  for (const action of [
    async () => await records.list(),
    async () => await records.read('backup-hsm'),
    async () => await records.write(ENROLMENT),
    async () => await records.remove('backup-hsm'),
  ]) {
    await expect(action()).rejects.toMatchObject({ code: 'STATE_INVALID' });
  }
});

it.each([
  ['a', true],
  ['backup-hsm_2.old', true],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['', false],
  ['.hidden', false],
  ['Upper', false],
  ['a b', false],
  ['a/b', false],
  ['pkcs11:x', false],
  ['ä', false],
  ['a\n', false],
])('%j is an alias: %j', (name, is) => {
  expect(isAlias(name)).toBe(is);
});
