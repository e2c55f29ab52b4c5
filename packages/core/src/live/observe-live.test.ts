import { chmod, mkdir, open, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { generateIdentity, PlaintextDigest } from '@holdfast/age';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeEnvelopes } from '../change-envelopes.ts';
import { sealPayload, openPayload } from '../payload.ts';
import { sourceFromFile, sourceFromFiles, sourceFromCommand } from '../sources/index.ts';
import { openScene, withPassword, PASSWORD } from '../testing/scene.ts';
import { catalogAccess } from '../record/catalog-access.ts';
import { observeLive } from './observe-live.ts';

test('the digest of plain bytes is the one that opening their payload gives, in whatever pieces they come', async () => {
  await using scene = await openScene();
  const bytes = fc.uint8Array({ maxLength: 200_000 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 70_000 }), async (content, piece) => {
      expect(await digestOf(content, piece)).toBe(await openedDigest(scene.path('x'), content));
    }),
    { numRuns: 15 },
  );
});

test('the digests agree across segments too', async () => {
  await using scene = await openScene();
  const content = Buffer.alloc(130 * 2 ** 20, 'a secret of three segments ');
  expect(await digestOf(content, 1 << 20)).toBe(await openedDigest(scene.path('x'), content));
});

async function digestOf(content: Uint8Array, piece: number): Promise<string> {
  const running = new PlaintextDigest();
  for (let at = 0; at < content.length; at += piece) {
    running.update(content.subarray(at, at + piece));
  }
  return Buffer.from(running.digest()).toString('hex');
}

async function openedDigest(path: string, content: Uint8Array): Promise<string> {
  const identity = generateIdentity();
  await using file = await open(path, 'w+');
  const once = async function* (): AsyncGenerator<Uint8Array> {
    yield content;
  };
  const { size } = await sealPayload(once(), { fd: file.fd, offset: 0 }, identity.recipient(), {});
  const payload = { fd: file.fd, offset: 0, size, direct: false };
  return (await openPayload(payload, null, identity, {})).plaintextDigest;
}

test('a file is the same secret while its bytes are, by whichever way it is read', async () => {
  await using scene = await openScene();
  const { instance } = scene.run();
  const path = await scene.file('secret.json', 'the master secret');
  const { mark } = await observeLive(sourceFromFile(path), instance);
  await utimes(path, 1, 1);
  expect((await observeLive(sourceFromFile(path), instance)).mark).toBe(mark);
  expect((await observeLive(sourceFromCommand(`cat ${path}`), instance)).mark).toBe(mark);
  await writeFile(path, 'the master secret.');
  expect((await observeLive(sourceFromFile(path), instance)).mark).not.toBe(mark);
});

test('a folder is the same secret when it is touched, and another one when anything in it changes', async () => {
  await using scene = await openScene();
  const { instance } = scene.run();
  const at = (name: string): string => scene.path(`conf/${name}`);
  await mkdir(scene.path('conf'));
  await writeFile(at('a'), 'one');
  await writeFile(at('b'), 'two');
  const markNow = async (): Promise<string> =>
    (await observeLive(sourceFromFiles([scene.path('conf')]), instance)).mark;
  const first = await markNow();
  await utimes(at('a'), 1, 1);
  expect(await markNow()).toBe(first);
  const seen = new Set([first]);
  await chmod(at('a'), 0o640);
  seen.add(await markNow());
  await symlink('a', at('c'));
  seen.add(await markNow());
  await rm(at('c'));
  await writeFile(at('b'), 'tw0');
  seen.add(await markNow());
  expect(seen.size).toBe(4);
});

test('a mark is another one for every instance, and is not the digest', async () => {
  await using scene = await openScene();
  await using other = await openScene();
  const source = sourceFromFile(await scene.file('secret.json', 's'));
  const here = await observeLive(source, scene.run().instance);
  const there = await observeLive(source, other.run().instance);
  expect(here.digest).toEqual(there.digest);
  expect(new Set([here.mark, there.mark, here.digest]).size).toBe(3);
});

test.each(['file', 'folder'])(
  'a backup of a %s keeps the mark that the live secret has',
  async (what) => {
    await using scene = await openScene();
    const { instance } = scene.run();
    await mkdir(scene.path('conf'));
    await writeFile(scene.path('conf/secret'), 's');
    const source =
      what === 'file'
        ? sourceFromFile(scene.path('conf/secret'))
        : sourceFromFiles([scene.path('conf')]);
    await using catalog = catalogAccess({ instance, surface: 'cli' });
    const { recorder } = catalog;
    await scene.backup('', { source }, scene.run(withPassword(PASSWORD), { catalog, recorder }));
    const { rows } = await (await catalog.open()).backups();
    expect(rows[0]?.mark).toBe((await observeLive(source, instance)).mark);
  },
);

test('a source that is gone or empty ends with its own error', async () => {
  await using scene = await openScene();
  const { instance } = scene.run();
  const gone = observeLive(sourceFromFile(scene.path('none')), instance);
  await expect(gone).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  const empty = observeLive(sourceFromFile(await scene.file('empty', '')), instance);
  await expect(empty).rejects.toMatchObject({ code: 'SOURCE_EMPTY' });
});

test('a backup whose envelopes were changed is still known by the mark of its secret', async () => {
  await using scene = await openScene();
  const { instance } = scene.run();
  await using catalog = catalogAccess({ instance, surface: 'cli' });
  const more = { catalog, recorder: catalog.recorder };
  const path = await scene.backup('s', {}, scene.run(withPassword(PASSWORD), more));
  const factors = withPassword(PASSWORD, 'another stapler wombat orchid 1887');
  await changeEnvelopes({ path, replacePassword: true, workFactor: 2 }, scene.run(factors, more));
  const { rows } = await (await catalog.open()).backups();
  const { mark } = await observeLive(sourceFromFile(scene.path('secret.json')), instance);
  expect(rows.map((row) => [row.generation, row.mark])).toEqual([
    [2, mark],
    [1, mark],
  ]);
  // A catalog that does not know the former one has nothing to say.
  await using other = await openScene();
  const elsewhere = catalogAccess({ instance: other.run().instance, surface: 'cli' });
  await using _ = elsewhere;
  const change = { path, replacePassword: true, workFactor: 2, acceptUnknownSigner: true };
  const again = withPassword('another stapler wombat orchid 1887', PASSWORD);
  await other.run().instance.signer();
  const there = other.run(again, { catalog: elsewhere, recorder: elsewhere.recorder });
  await changeEnvelopes(change, there);
  expect((await (await elsewhere.open()).backups()).rows[0]?.mark).toBe(null);
});
