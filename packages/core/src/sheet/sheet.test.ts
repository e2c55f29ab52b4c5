import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { generateIdentity } from '@holdfast/age';
import { expect, test } from 'vitest';
import { openScene, PASSWORD } from '../testing/scene.ts';
import { codesOf } from './codes.ts';
import { sheet, type SheetRequest } from './sheet.ts';

const request = {
  format: 'html',
  to: null,
  replace: false,
} as const satisfies Partial<SheetRequest>;

test('a sheet tells of its backup, and nothing secret stands on it', async () => {
  await using scene = await openScene();
  const secret = 'db_key_base-0123456789';
  const from = await scene.backup(secret, { name: 'gitlab-secrets.json', hint: 'the usual' });
  for (const format of ['html', 'text'] as const) {
    const made = await sheet({ ...request, from, format }, scene.run());
    expect(made).toMatchObject({
      secret: 'gitlab-secrets.json',
      generation: 1,
      path: null,
      codes: 0,
    });
    expect(made.sheet).toContain(made.id);
    expect(made.sheet).toContain('the usual');
    expect(made.sheet).toContain('out.tar');
    for (const hidden of [secret, PASSWORD, scene.folder]) expect(made.sheet).not.toContain(hidden);
  }
});

test('a sheet goes to a file that only its owner may read, and replaces none unasked', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  const to = scene.path('sheet.html');
  const made = await sheet({ ...request, from, to }, scene.run());
  expect(made).toMatchObject({ path: to, sheet: null });
  expect(await readFile(to, 'utf8')).toMatch(/^<!doctype html>/);
  expect((await stat(to)).mode & 0o777).toBe(0o600);
  const again = sheet({ ...request, from, to }, scene.run());
  await expect(again).rejects.toMatchObject({ code: 'DESTINATION_EXISTS' });
  await sheet({ ...request, from, to, replace: true, format: 'text' }, scene.run());
  expect(await readFile(to, 'utf8')).toMatch(/^EMERGENCY SHEET/);
});

test('with codes, the very bytes of the file are on it', async () => {
  await using scene = await openScene();
  const from = await scene.backup('s');
  const made = await sheet({ ...request, from, codes: true }, scene.run());
  const { texts, sha256 } = await codesOf(await readFile(from), made.id);
  expect(made.codes).toBe(texts.length);
  expect(made.sheet).toContain(sha256);
});

test('codes are refused on a text, and for a backup that paper cannot hold', async () => {
  await using scene = await openScene();
  const small = await scene.backup('s');
  const text = sheet({ ...request, from: small, codes: true, format: 'text' }, scene.run());
  await expect(text).rejects.toMatchObject({ code: 'USAGE' });
  const to = scene.path('sheet.html');
  for (const size of [20_000, 1_100_000]) {
    const from = await scene.backup(randomBytes(size), { to: scene.path(`${String(size)}.tar`) });
    const made = sheet({ ...request, from, codes: true, to }, scene.run());
    await expect(made).rejects.toMatchObject({ code: 'SHEET_TOO_LARGE' });
    await expect(stat(to)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(sheet({ ...request, from }, scene.run())).resolves.toMatchObject({ codes: 0 });
  }
});

test('no sheet is made of what is no backup, and no copy on paper of one that is damaged', async () => {
  await using scene = await openScene();
  const nothing = sheet({ ...request, from: scene.path('gone.tar') }, scene.run());
  await expect(nothing).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  const other = sheet({ ...request, from: await scene.file('x', 'x') }, scene.run());
  await expect(other).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
  const from = await scene.backup('s');
  const bytes = await readFile(from);
  const at = bytes.indexOf('age-encryption.org/v1');
  bytes.writeUInt8(bytes.readUInt8(at + 30) ^ 1, at + 30);
  await writeFile(from, bytes);
  const damaged = sheet({ ...request, from, codes: true }, scene.run());
  await expect(damaged).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

test('several ways to open it are all on the sheet', async () => {
  await using scene = await openScene();
  const recipient = generateIdentity().recipient().toString();
  const from = await scene.backup('s', { envelopes: ['password', `recipient(${recipient})`] });
  const made = await sheet({ ...request, from }, scene.run());
  expect(made.sheet).toContain(recipient);
  expect(made.sheet).toContain('age -d -i envelopes/1.age secret.age');
  expect(made.sheet).toContain('age -d -i your-identity.txt envelopes/2.age');
});
