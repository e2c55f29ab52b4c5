import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtempDisposable,
  open,
  readdir,
  readFile,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { openCatalog } from '../index.ts';
import type { CatalogPlace, OpenCatalogOptions } from '../place.ts';
import { headSigner, sampleBackup, sampleCopy, sampleEvent } from '../testing/index.ts';

const run = promisify(execFile);
const NOBODY = 65_534;
const { check } = headSigner();

/** A folder with room for a catalog, and what is done to it. */
async function scene() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-sqlite-'));
  const path = join(dir.path, 'catalog.db');
  const place: CatalogPlace & { kind: 'sqlite' } = { kind: 'sqlite', path };
  return Object.assign(dir, {
    ...{ file: path, place },
    codeOf: async (options: OpenCatalogOptions = { create: false }): Promise<unknown> =>
      await openCatalog(place, options).then(
        async (catalog) => {
          await catalog[Symbol.asyncDispose]();
          return 'OK';
        },
        (error: unknown) => (error as { code?: unknown }).code ?? error,
      ),
    async make(backups = 1): Promise<void> {
      await using catalog = await openCatalog(place, { create: true });
      const names = Array.from({ length: backups }, (_, at) => `b${at}`);
      await catalog.record(names.map((name) => sampleEvent(sampleBackup(name))));
    },
  });
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
const init = () => sampleEvent({ action: 'init', outcome: 'ok', detail: { made: [] } });

/** Root may do everything, so what is refused is refused to somebody else. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  process.setegid!(NOBODY);
  process.seteuid!(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

test('a catalog is made only when that is asked for', async () => {
  await using dir = await scene();
  expect(await dir.codeOf()).toBe('CATALOG_LOST');
  expect(await readdir(dir.path)).toEqual([]);
  expect(await dir.codeOf({ create: true })).toBe('OK');
  expect(await dir.codeOf()).toBe('OK');
});

test('a catalog and what lies beside it can be read by its owner only, whatever the umask', async () => {
  await using dir = await scene();
  const umask = process.umask(0);
  try {
    await using catalog = await openCatalog(dir.place, { create: true });
    await catalog.record([init()]);
    for (const name of ['', '-wal', '-shm']) expect(await modeOf(dir.file + name)).toBe(0o600);
  } finally {
    process.umask(umask);
  }
});

test('a catalog that a group shares is shared as a whole', async () => {
  await using dir = await scene();
  const umask = process.umask(0o077);
  try {
    const shared = { ...dir.place, mode: 0o660, gid: NOBODY };
    await using catalog = await openCatalog(shared, { create: true });
    await catalog.record([init()]);
    for (const name of ['', '-wal', '-shm']) {
      expect(await modeOf(dir.file + name)).toBe(0o660);
      expect((await stat(dir.file + name)).gid).toBe(NOBODY);
    }
  } finally {
    process.umask(umask);
  }
});

test('what is written is synced, and in a log ahead', async () => {
  await using dir = await scene();
  await dir.make();
  const fixture = new URL('../testing/record.fixture.ts', import.meta.url).pathname;
  const trace = join(dir.path, 'trace');
  await run('strace', [
    ...['-f', '-y', '-e', 'trace=fsync,fdatasync', '-o', trace],
    ...[process.execPath, fixture, JSON.stringify(dir.place), 'p', '5'],
  ]);
  const synced = (await readFile(trace, 'utf8')).match(/fd?a?t?a?sync\(\d+<[^>]*-wal>/g) ?? [];
  expect(synced.length).toBeGreaterThanOrEqual(5);
});

test('nothing is printed to a terminal for a catalog', async () => {
  await using dir = await scene();
  const fixture = new URL('../testing/record.fixture.ts', import.meta.url).pathname;
  const { stderr } = await run(process.execPath, [fixture, JSON.stringify(dir.place), 'p', '1']);
  expect(stderr).toBe('');
});

test('a file that is no database, and a database that is no catalog, are left as they are', async () => {
  await using dir = await scene();
  await writeFile(dir.file, 'not a database, but long enough to be looked at as if it were one\n');
  expect(await dir.codeOf({ create: true })).toBe('CATALOG_DAMAGED');
  expect(await readFile(dir.file, 'utf8')).toContain('not a database');
  await using other = await scene();
  {
    using database = new DatabaseSync(other.file);
    database.exec('create table bookmarks (url text)');
  }
  expect(await other.codeOf({ create: true })).toBe('CATALOG_DAMAGED');
  using database = new DatabaseSync(other.file);
  expect(database.prepare('select name from sqlite_schema').all()).toHaveLength(1);
});

test('a folder in its place is no catalog', async () => {
  await using dir = await scene();
  await mkdir(dir.file);
  expect(await dir.codeOf({ create: true })).toBe('CATALOG_DAMAGED');
});

test('an empty file is filled when a catalog is to be made, else it is damaged', async () => {
  await using dir = await scene();
  await writeFile(dir.file, '');
  expect(await dir.codeOf()).toBe('CATALOG_DAMAGED');
  expect(await dir.codeOf({ create: true })).toBe('OK');
});

test('a database without a schema is damaged, and filled when a catalog is to be made', async () => {
  await using dir = await scene();
  {
    using database = new DatabaseSync(dir.file);
    database.exec('pragma journal_mode = wal');
  }
  expect(await dir.codeOf()).toBe('CATALOG_DAMAGED');
  expect(await dir.codeOf({ create: true })).toBe('OK');
});

test.each([
  ['cut short', async (path: string) => await truncate(path, 20_000)],
  ['cut within its first page', async (path: string) => await truncate(path, 100)],
  [
    'overwritten in its first page',
    async (path: string) => {
      await using file = await open(path, 'r+');
      await file.write(Buffer.alloc(1000, 0x5a), 0, 1000, 100);
    },
  ],
  [
    'overwritten in its midst',
    async (path: string) => {
      await using file = await open(path, 'r+');
      const { size } = await file.stat();
      // From the third page on: which table lies where changes with the schema.
      await file.write(Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);
    },
  ],
])('a catalog that was %s is damaged', async (_, damage) => {
  await using dir = await scene();
  await dir.make(20);
  await damage(dir.file);
  expect(await dir.codeOf({ create: true })).toBe('CATALOG_DAMAGED');
});

test('damage that shows only when a page is read is told then', async () => {
  await using dir = await scene();
  await dir.make(3000);
  await using file = await open(dir.file, 'r+');
  const { size } = await file.stat();
  // Too much to be looked through at each opening.
  expect(size).toBeGreaterThan(1_000_000);
  const hole = Buffer.alloc(size - 500_000, 0x5a);
  await file.write(hole, 0, hole.length, 400_000);
  await using catalog = await openCatalog(dir.place, { create: false });
  await expect(catalog.verifyChain({ check })).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
  await expect(Array.fromAsync(catalog.entries())).rejects.toMatchObject({
    code: 'CATALOG_DAMAGED',
  });
});

test.each(['audit', 'copies', 'schema_steps'])(
  'a catalog without its table %s is damaged',
  async (name) => {
    await using dir = await scene();
    await dir.make();
    {
      using database = new DatabaseSync(dir.file);
      database.exec(`drop table ${name}`);
    }
    const attempt = async () => {
      await using catalog = await openCatalog(dir.place, { create: true });
      await catalog.record([sampleEvent(sampleCopy('b1'))]);
    };
    await expect(attempt()).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
  },
);

test('a row whose JSON was broken is damage, and its table can still be verified', async () => {
  await using dir = await scene();
  await dir.make();
  {
    using database = new DatabaseSync(dir.file);
    database.exec(`update backups set envelopes = '{'`);
  }
  await using catalog = await openCatalog(dir.place, { create: false });
  await expect(catalog.backups()).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
  const { faults } = await catalog.verifyChain({ check });
  expect(faults).toMatchObject([{ sequence: 1, kind: 'altered' }]);
});

test('a catalog of a newer version is refused, and not touched', async () => {
  await using dir = await scene();
  await dir.make();
  {
    using database = new DatabaseSync(dir.file);
    database.exec(`insert into schema_steps values ('999-later', '2030-01-01T00:00:00.000Z')`);
  }
  const before = await readFile(dir.file);
  const others = await readdir(dir.path);
  expect(await dir.codeOf({ create: true })).toBe('CATALOG_TOO_NEW');
  expect(await readdir(dir.path)).toEqual(others);
  expect((await readFile(dir.file)).equals(before)).toBe(true);
});

test('a writer that does not come to its end makes the next one give up in time', async () => {
  await using dir = await scene();
  await dir.make();
  await using catalog = await openCatalog(dir.place, { create: false, busyTimeout: 300 });
  using other = new DatabaseSync(dir.file);
  other.exec('begin immediate');
  const started = performance.now();
  await expect(catalog.record([init()])).rejects.toMatchObject({ code: 'CATALOG_BUSY' });
  expect(performance.now() - started).toBeGreaterThan(290);
  // Reading goes on meanwhile, and opening too.
  expect((await catalog.audit()).rows).toHaveLength(1);
  expect(await dir.codeOf()).toBe('OK');
  other.exec('rollback');
  await catalog.record([init()]);
  expect((await catalog.audit()).rows).toHaveLength(2);
});

test('a catalog that another program keeps for itself is busy', async () => {
  await using dir = await scene();
  await dir.make();
  using other = new DatabaseSync(dir.file);
  other.exec('pragma locking_mode = exclusive; begin exclusive');
  expect(await dir.codeOf({ create: false, busyTimeout: 200 })).toBe('CATALOG_BUSY');
});

test('a catalog of a folder that cannot be written to can be read, and nothing else', async () => {
  await using dir = await scene();
  await dir.make();
  await chown(dir.path, 0, 0);
  await chmod(dir.path, 0o755);
  await chmod(dir.file, 0o644);
  await asNobody(async () => {
    await using catalog = await openCatalog(dir.place, { create: true });
    expect((await catalog.backups()).rows).toHaveLength(1);
    expect((await catalog.verifyChain({ check })).faults).toEqual([]);
    await expect(catalog.record([init()])).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
    expect((await catalog.audit()).rows).toHaveLength(1);
  });
  expect(await readdir(dir.path)).toEqual(['catalog.db']);
});

test('what another process has not merged yet is read as well, where nothing can be written', async () => {
  await using dir = await scene();
  await using catalog = await openCatalog(dir.place, { create: true });
  await catalog.record([init()]);
  await chmod(dir.path, 0o755);
  for (const name of ['', '-wal', '-shm']) await chmod(dir.file + name, 0o644);
  await asNobody(async () => {
    await using reading = await openCatalog(dir.place, { create: false });
    expect((await reading.audit()).rows).toHaveLength(1);
    await expect(reading.record([init()])).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
  });
});

test('a catalog that cannot be made, or not even be read, is told', async () => {
  await using dir = await scene();
  await chmod(dir.path, 0o755);
  await asNobody(async () => {
    expect(await dir.codeOf({ create: true })).toBe('CATALOG_UNWRITABLE');
  });
  await dir.make();
  await asNobody(async () => {
    expect(await dir.codeOf()).toBe('CATALOG_UNWRITABLE');
  });
  await chmod(dir.path, 0o700);
  await asNobody(async () => {
    expect(await dir.codeOf()).toBe('CATALOG_UNWRITABLE');
  });
});

test('a full disk fails the act as a whole, and not the catalog', { timeout: 60_000 }, async () => {
  await using dir = await scene();
  const disk = join(dir.path, 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  try {
    const place: CatalogPlace = { kind: 'sqlite', path: join(disk, 'catalog.db') };
    await using catalog = await openCatalog(place, { create: true });
    let recorded = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        const act = Array.from({ length: 20 }, () => init());
        await catalog.record(act);
        recorded += act.length;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
    expect(recorded).toBeGreaterThan(0);
    expect(await catalog.verifyChain({ check })).toMatchObject({ entries: recorded, faults: [] });
    await run('mount', ['-o', 'remount,size=4m', disk]);
    await catalog.record([init()]);
    expect(await catalog.verifyChain({ check })).toMatchObject({ entries: recorded + 1 });
  } finally {
    await run('umount', [disk]);
  }
});

test('a catalog on a medium that is read-only can be read', async () => {
  await using dir = await scene();
  await dir.make();
  const disk = join(dir.path, 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', 'tmpfs', disk]);
  try {
    await copyFile(dir.file, join(disk, 'catalog.db'));
    await run('mount', ['-o', 'remount,ro', disk]);
    const place: CatalogPlace = { kind: 'sqlite', path: join(disk, 'catalog.db') };
    await using catalog = await openCatalog(place, { create: false });
    expect((await catalog.backups()).rows).toHaveLength(1);
    await expect(catalog.record([init()])).rejects.toMatchObject({ code: 'CATALOG_UNWRITABLE' });
  } finally {
    await run('umount', [disk]);
  }
});
