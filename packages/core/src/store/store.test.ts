import { execFile } from 'node:child_process';
import {
  copyFile,
  mkdtempDisposable,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Secret } from '@holdfast/age';
import { expect, test } from 'vitest';

import { instanceAt } from '../instance/instance.ts';
import { readSource } from '../sources/read-source.fixture.ts';
import { storeOf, type SecretStore } from './store.ts';

const run = promisify(execFile);

async function scene() {
  const dir = await mkdtempDisposable(join(tmpdir(), 'holdfast-store-'));
  const folder = join(dir.path, 'state');
  const store = storeOf(instanceAt({ folder }));
  return Object.assign(dir, { store, folder, at: (name: string) => join(folder, name) });
}

async function textOf(store: SecretStore, name: string, previous = false): Promise<string> {
  using secret = await store.read(name, { previous });
  return Buffer.from(secret.bytes).toString();
}

async function put(store: SecretStore, name: string, text: string) {
  using value = Secret.fromText(text);
  return await store.import(name, value);
}

async function rotate(store: SecretStore, name: string, text: string) {
  using value = Secret.fromText(text);
  return await store.rotate(name, { value });
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  for (const piece of text.match(/.{1,3}/gs) ?? []) yield Buffer.from(piece);
}

test('a generated secret is 32 random bytes, and reads the same again', async () => {
  await using dir = await scene();
  expect(await dir.store.generate('sso')).toEqual({ name: 'sso', version: 1 });
  await dir.store.generate('other', { bytes: 64 });
  using first = await dir.store.read('sso');
  using again = await dir.store.read('sso');
  using other = await dir.store.read('other');
  expect(first.bytes.length).toBe(32);
  expect(first.bytes).toEqual(again.bytes);
  expect(other.bytes.length).toBe(64);
  expect(new Set(first.bytes).size).toBeGreaterThan(8);
});

test('the current and the previous version can be read, and no older one is kept', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  await expect(dir.store.read('sso', { previous: true })).rejects.toMatchObject({
    code: 'SECRET_NOT_FOUND',
  });
  await rotate(dir.store, 'sso', 'two');
  expect(await rotate(dir.store, 'sso', 'three')).toEqual({ name: 'sso', version: 3 });
  expect(await textOf(dir.store, 'sso')).toBe('three');
  expect(await textOf(dir.store, 'sso', true)).toBe('two');
  expect((await readdir(dir.at('secrets/sso'))).sort()).toEqual(['2.age', '3.age']);
});

test('the list tells names, versions and times, and opens nothing', async () => {
  await using dir = await scene();
  expect(await dir.store.list()).toEqual([]);
  await put(dir.store, 'b', 'one');
  await put(dir.store, 'a', 'one');
  await rotate(dir.store, 'a', 'two');
  await utimes(dir.at('secrets/b/1.age'), 1_600_000_000, 1_600_000_000);
  await rm(dir.at('store-identity.txt'));
  const created = expect.stringMatching(/^20.*Z$/) as string;
  expect(await dir.store.list()).toEqual([
    {
      name: 'a',
      current: 2,
      versions: [
        { version: 2, created },
        { version: 1, created },
      ],
    },
    { name: 'b', current: 1, versions: [{ version: 1, created: '2020-09-13T12:26:40.000Z' }] },
  ]);
});

test('a name is given once, and rotated only when it is there', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  await expect(put(dir.store, 'sso', 'two')).rejects.toMatchObject({ code: 'SECRET_EXISTS' });
  await expect(dir.store.generate('sso')).rejects.toMatchObject({ code: 'SECRET_EXISTS' });
  await expect(dir.store.rotate('none')).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
  await expect(dir.store.read('none')).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
  expect(await textOf(dir.store, 'sso')).toBe('one');
});

test.each(['', '.', '..', '../x', 'a/b', '-a', '.a', 'a b', 'ä', 'a\n', 'x'.repeat(65), 'nul\0'])(
  'a name that a file system or a shell takes for more is refused: %j',
  async (name) => {
    await using dir = await scene();
    const { store } = dir;
    const refused = { code: 'SECRET_NAME_INVALID' };
    await expect(put(store, name, 'one')).rejects.toMatchObject(refused);
    await expect(store.rotate(name)).rejects.toMatchObject(refused);
    await expect(store.read(name)).rejects.toMatchObject(refused);
    await expect(store.source(name).open({})).rejects.toMatchObject(refused);
    await expect(store.target(name).consume(bytesOf('x'), {})).rejects.toMatchObject(refused);
    await expect(readdir(dir.folder)).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('an empty value is refused', async () => {
  await using dir = await scene();
  await expect(put(dir.store, 'sso', '')).rejects.toMatchObject({ code: 'SOURCE_EMPTY' });
});

test('a staged value is a source at once, and in the store only after its commit', async () => {
  await using dir = await scene();
  using value = Secret.fromText('one');
  {
    await using staged = await dir.store.stage('sso', value, 'generate');
    expect(staged).toMatchObject({ name: 'sso', version: 1 });
    expect((await readSource(staged.source())).bytes.toString()).toBe('one');
  }
  expect(await dir.store.list()).toEqual([]);
  expect(await readdir(dir.folder)).toEqual([]);
  {
    await using staged = await dir.store.stage('sso', value, 'generate');
    expect(await staged.commit()).toEqual({ name: 'sso', version: 1 });
  }
  expect(await textOf(dir.store, 'sso')).toBe('one');
});

test('of several that rotate at once one wins, and the others are told', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'zero');
  const values = Array.from({ length: 8 }, (_, index) => `value ${String(index)}`);
  const staged = await Promise.all(
    values.map(async (text) => {
      using value = Secret.fromText(text);
      return await dir.store.stage('sso', value, 'rotate');
    }),
  );
  const done = await Promise.allSettled(staged.map(async (one) => await one.commit()));
  const won = done.findIndex(({ status }) => status === 'fulfilled');
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of done) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'STATE_BUSY' });
  }
  expect(await textOf(dir.store, 'sso')).toBe(values[won]);
  expect(await textOf(dir.store, 'sso', true)).toBe('zero');
  expect((await readdir(dir.at('secrets/sso'))).sort()).toEqual(['1.age', '2.age']);
});

test('a value staged before others were rotated in does not become an old version', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  using value = Secret.fromText('late');
  await using staged = await dir.store.stage('sso', value, 'rotate');
  for (const text of ['two', 'three', 'four']) await rotate(dir.store, 'sso', text);
  await expect(staged.commit()).rejects.toMatchObject({ code: 'STATE_BUSY' });
  expect((await readdir(dir.at('secrets/sso'))).sort()).toEqual(['3.age', '4.age']);
});

test('first secrets made at once share one identity', async () => {
  await using dir = await scene();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(names.map(async (name) => await put(dir.store, name, `value of ${name}`)));
  for (const name of names) expect(await textOf(dir.store, name)).toBe(`value of ${name}`);
  expect((await readdir(dir.folder)).sort()).toEqual(['secrets', 'store-identity.txt']);
});

test('a version file that was moved to another name or number is noticed', async () => {
  await using dir = await scene();
  await put(dir.store, 'a', 'of a');
  await put(dir.store, 'b', 'of b');
  await copyFile(dir.at('secrets/a/1.age'), dir.at('secrets/b/1.age'));
  await expect(dir.store.read('b')).rejects.toMatchObject({ code: 'STATE_INVALID' });
  await rename(dir.at('secrets/a/1.age'), dir.at('secrets/a/2.age'));
  await expect(dir.store.read('a')).rejects.toMatchObject({ code: 'STATE_INVALID' });
});

test('a damaged version is named so, and a restore replaces it', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  const path = dir.at('secrets/sso/1.age');
  const bytes = await readFile(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(path, bytes);
  await expect(dir.store.read('sso')).rejects.toMatchObject({ code: 'STATE_INVALID' });
  await dir.store.target('sso').consume(bytesOf('one'), {});
  expect(await textOf(dir.store, 'sso')).toBe('one');
});

test('no new identity is made where the old one is missed', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  await rm(dir.at('store-identity.txt'));
  await expect(dir.store.read('sso')).rejects.toMatchObject({ code: 'STATE_INVALID' });
  await expect(put(dir.store, 'new', 'x')).rejects.toMatchObject({ code: 'STATE_INVALID' });
  await writeFile(dir.at('store-identity.txt'), 'nonsense\n');
  await expect(dir.store.read('sso')).rejects.toMatchObject({ code: 'STATE_INVALID' });
});

test('everything in the store is for its owner only', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  for (const [name, mode] of [
    ['', 0o700],
    ['secrets', 0o700],
    ['secrets/sso', 0o700],
    ['secrets/sso/1.age', 0o600],
    ['store-identity.txt', 0o600],
  ] as const) {
    expect((await stat(dir.at(name))).mode & 0o777, name).toBe(mode);
  }
});

test('stock age opens a version with the identity of the store', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one\ntwo');
  const { stdout } = await run('age', [
    '-d',
    '-i',
    dir.at('store-identity.txt'),
    dir.at('secrets/sso/1.age'),
  ]);
  expect(stdout).toBe('{"name":"sso","version":1}\none\ntwo');
});

test('a secret is a source, which a rotation meanwhile changes', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  const source = dir.store.source('sso');
  expect(source).toMatchObject({ name: 'sso', kind: 'file' });
  const { bytes, size } = await readSource(source);
  expect(bytes.toString()).toBe('one');
  expect(size).toBe(3);
  const during = async () => {
    await rotate(dir.store, 'sso', 'two');
  };
  await expect(readSource(source, { during })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  await expect(readSource(dir.store.source('none'))).rejects.toMatchObject({
    code: 'SECRET_NOT_FOUND',
  });
});

test('a restore into the store makes the first version, a new one, or none for the same value', async () => {
  await using dir = await scene();
  const target = dir.store.target('sso');
  expect(target).toMatchObject({ kind: 'stream', accepts: ['file'] });
  await target.prepare?.();
  await target.consume(bytesOf('restored value'), {});
  expect(await textOf(dir.store, 'sso')).toBe('restored value');
  await target.consume(bytesOf('restored value'), {});
  expect(await readdir(dir.at('secrets/sso'))).toEqual(['1.age']);
  await rotate(dir.store, 'sso', 'other');
  await target.consume(bytesOf('restored value'), {});
  expect(await textOf(dir.store, 'sso')).toBe('restored value');
  expect(await textOf(dir.store, 'sso', true)).toBe('other');
});

test('half a restore changes nothing', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('the rest is damaged');
  }
  await expect(dir.store.target('sso').consume(broken(), {})).rejects.toThrow('damaged');
  expect(await textOf(dir.store, 'sso')).toBe('one');
});

test('what a killed process left behind is removed in time', async () => {
  await using dir = await scene();
  await put(dir.store, 'sso', 'one');
  const [old, fresh] = [
    dir.at('secrets/sso/.2.age.0.partial'),
    dir.at('secrets/sso/.2.age.1.partial'),
  ];
  await writeFile(old, '');
  await writeFile(fresh, '');
  await utimes(old, 1, 1);
  await rotate(dir.store, 'sso', 'two');
  expect((await readdir(dir.at('secrets/sso'))).sort()).toEqual([
    '.2.age.1.partial',
    '1.age',
    '2.age',
  ]);
});
