import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { passwordFor, passwordIn } from './pass-file.ts';

const server = { host: 'db.example.org', port: 5432, database: 'catalog', user: 'holdfast' };

test('the first line that fits gives the password', () => {
  const text = [
    '# db.example.org:5432:catalog:holdfast:commented',
    'db.example.org:5433:catalog:holdfast:other port',
    'nonsense',
    '',
    'db.example.org:5432:*:holdfast:the one',
    '*:*:*:*:any other',
  ].join('\n');
  expect(passwordIn(text, server)).toBe('the one');
  expect(passwordIn(text, { ...server, user: 'alice' })).toBe('any other');
  expect(passwordIn('x:1:y:z:w\n', server)).toBeUndefined();
  expect(passwordIn('', server)).toBeUndefined();
});

test('a socket is of localhost', () => {
  const text = 'localhost:*:*:*:local\r\n';
  expect(passwordIn(text, { ...server, host: '/run/postgresql' })).toBe('local');
});

test('whatever is escaped comes back, and an escaped star is only a star', () => {
  const escaped = (text: string) => text.replace(/[\\:*#]/g, '\\$&');
  const text = fc.string({ minLength: 1 }).filter((it) => !/[\r\n]/.test(it));
  fc.assert(
    fc.property(text, text, text, text, (host, database, user, password) => {
      fc.pre(!host.startsWith('/'));
      const line = [host, '5432', database, user, password].map(escaped).join(':');
      expect(passwordIn(line, { host, port: 5432, database, user })).toBe(password);
    }),
  );
  expect(passwordIn('\\*:*:*:*:star', server)).toBeUndefined();
});

test('the environment goes before the file, and no file is no password', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-pgpass-'));
  const path = join(dir.path, 'pgpass');
  expect(await passwordFor(server, { PGPASSFILE: path })).toBeUndefined();
  await writeFile(path, '*:*:*:*:from the file\n', { mode: 0o600 });
  expect(await passwordFor(server, { PGPASSFILE: path })).toBe('from the file');
  expect(await passwordFor(server, { PGPASSFILE: path, PGPASSWORD: 'given' })).toBe('given');
});

test('a file that others may read is not used', async () => {
  await using dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-pgpass-'));
  const path = join(dir.path, 'pgpass');
  await writeFile(path, '*:*:*:*:seen by all\n', { mode: 0o644 });
  await expect(passwordFor(server, { PGPASSFILE: path })).rejects.toMatchObject({
    code: 'CATALOG_UNREACHABLE',
  });
});
