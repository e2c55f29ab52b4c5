import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backup } from './backup.ts';
import { changeEnvelopes } from './change-envelopes.ts';
import { restore } from './restore.ts';
import { sourceFromFile, sourceFromStdin } from './sources/index.ts';
import { toFile } from './targets/index.ts';
import { openTmpfs, openXfs } from './testing/mounts.ts';
import { openScene, PASSWORD, withPassword, type Scene } from './testing/scene.ts';
import { verify } from './verify.ts';

const cheap = { envelopes: ['password'], workFactor: 2 };
const LARGE = randomBytes(3 << 20);

async function* drip(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function backUpLarge(scene: Scene, to: string, more: object = {}): Promise<unknown> {
  const source = sourceFromFile(await scene.file('large', LARGE));
  return await backup({ source, to, ...cheap, ...more }, scene.run());
}

test('a secret larger than the free space is refused before anything is written', async () => {
  await using scene = await openScene();
  using small = openTmpfs('1m');
  const making = backUpLarge(scene, join(small.folder, 'out.tar'));
  await expect(making).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(await readdir(small.folder)).toEqual([]);
});

test('a destination that fills up in the middle is cleaned up', async () => {
  await using scene = await openScene();
  using small = openTmpfs('1m');
  const source = sourceFromStdin(drip(LARGE));
  const making = backup({ source, to: join(small.folder, 'out.tar'), ...cheap }, scene.run());
  await expect(making).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(await readdir(small.folder)).toEqual([]);
});

test('a former backup survives one that did not fit', async () => {
  await using scene = await openScene();
  using small = openTmpfs('1m');
  const to = join(small.folder, 'out.tar');
  await scene.backup('the former', { to });
  const source = sourceFromStdin(drip(LARGE));
  const making = backup({ source, to, ...cheap, overwrite: true }, scene.run());
  await expect(making).rejects.toMatchObject({ code: 'NO_SPACE' });
  await expect(verify({ from: to, withFactors: true }, scene.run())).resolves.toMatchObject({
    checked: 'everything',
  });
});

test('a read-only destination is named so', async () => {
  await using scene = await openScene();
  using mount = openTmpfs('9m');
  mount.readOnly();
  const making = backUpLarge(scene, join(mount.folder, 'out.tar'));
  await expect(making).rejects.toMatchObject({ code: 'READ_ONLY' });
});

test.each(['sealing', 'reading back'])(
  'a file system that vanishes while %s is named lost',
  async (when) => {
    await using scene = await openScene();
    using stick = openXfs();
    let gone = false;
    const onProgress = ({ phase, done }: { phase: string; done: number }): void => {
      if (gone || phase !== when || done === 0) return;
      gone = true;
      stick.vanish();
    };
    const to = join(stick.folder, 'out.tar');
    const source = sourceFromStdin(drip(LARGE));
    const making = backup({ source, to, ...cheap }, scene.run(undefined, { onProgress }));
    await expect(making).rejects.toMatchObject({ code: 'DESTINATION_LOST' });
    expect(gone).toBe(true);
  },
);

test('a restore onto a full file system keeps the former file', async () => {
  await using scene = await openScene();
  using small = openTmpfs('1m');
  const from = await scene.backup(LARGE);
  const to = join(small.folder, 'live');
  await writeFile(to, 'still here');
  const restoring = restore({ from, to: toFile(to) }, scene.run());
  await expect(restoring).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(await readdir(small.folder)).toEqual(['live']);
  expect(await readFile(to, 'utf8')).toBe('still here');
});

test('a change of envelopes that does not fit leaves the backup as it was', async () => {
  await using scene = await openScene();
  using small = openTmpfs('5m');
  const path = join(small.folder, 'out.tar');
  await backUpLarge(scene, path);
  const before = await readFile(path);
  const changing = changeEnvelopes(
    { path, add: ['password'], workFactor: 2 },
    scene.run(withPassword(PASSWORD)),
  );
  await expect(changing).rejects.toMatchObject({ code: 'NO_SPACE' });
  expect(await readdir(small.folder)).toEqual(['out.tar']);
  expect(Buffer.compare(await readFile(path), before)).toBe(0);
});
