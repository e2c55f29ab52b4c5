import { open, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { alterHeader, joinTar, splitTar } from '../backup-file/testing/tar-blocks.ts';
import { putTogether, takeApart } from '../testing/forge.ts';
import { people } from '../testing/quorum-scene.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { splitBackup } from '../testing/split-backup.ts';
import { verify } from '../verify.ts';
import { quorumsOf } from './judge.ts';

const checked = async (scene: Scene, from: string): Promise<unknown> =>
  await verify({ from, withFactors: false }, scene.run()).then(
    ({ signature }) => signature.status,
    (error: unknown) => (error as { code?: unknown }).code,
  );

test(
  'a bit flipped in a backup with a quorum is noticed without any factor',
  { timeout: 120_000 },
  async () => {
    await using scene = await openScene();
    const { from } = await splitBackup(scene);
    const whole = await readFile(from);
    await using handle = await open(from, 'r+');
    const unnoticed: number[] = [];
    // Every part is met: they are all longer than a step.
    for (let offset = 0; offset < whole.length; offset += 61) {
      const byte = whole[offset] ?? 0;
      await handle.write(Uint8Array.of(byte ^ (1 << (offset % 8))), 0, 1, offset);
      const outcome = await checked(scene, from);
      const named = ['NOT_A_BACKUP', 'BACKUP_DAMAGED', 'FORMAT_UNSUPPORTED', 'SIGNATURE_INVALID'];
      if (!named.includes(String(outcome))) unnoticed.push(offset);
      await handle.write(Uint8Array.of(byte), 0, 1, offset);
    }
    expect(unnoticed).toEqual([]);
    expect(await checked(scene, from)).toBe('trusted');
  },
);

test('a combiner that is left out, altered, moved or put where none belongs is damage', async () => {
  await using scene = await openScene();
  const { from } = await splitBackup(scene);
  const entries = splitTar(await readFile(from));
  const [readme, combiner, payload, ...rest] = entries;
  if (!readme || !combiner || !payload) throw new Error('it has these parts');
  const evil = { ...combiner, content: Buffer.from(combiner.content) };
  evil.content.write('print("evil")', 200);
  const plain = splitTar(await readFile(await scene.backup('s', { to: scene.path('plain.tar') })));
  const [first, ...others] = plain;
  const created = (await takeApart(scene.path('plain.tar'))).manifest.created;
  const seconds = Math.floor(Date.parse(created) / 1000)
    .toString(8)
    .padStart(11, '0');
  if (!first) throw new Error('it begins with README.txt');
  for (const changed of [
    [readme, payload, ...rest],
    [readme, evil, payload, ...rest],
    [readme, payload, combiner, ...rest],
    [combiner, readme, payload, ...rest],
    [readme, combiner, combiner, payload, ...rest],
    [first, alterHeader(combiner, { 136: seconds }), ...others],
  ]) {
    const path = scene.path('changed.tar');
    await writeFile(path, joinTar(changed));
    expect(await checked(scene, path)).toBeOneOf(['BACKUP_DAMAGED', 'NOT_A_BACKUP']);
  }
});

test('shares of another split that were put in place are named, though everything is signed', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const other = await splitBackup(scene, { to: 'other.tar' });
  const parts = await takeApart(split.from);
  const theirs = await takeApart(other.from);
  const identities = Object.values(other.identities);
  for (const [path, file] of theirs.envelopes) parts.envelopes.set(path, file);
  await putTogether(split.from, parts, await scene.run().instance.signer());
  const opening = verify(
    { from: split.from, withFactors: true },
    scene.run(people({ identities })),
  );
  await expect(opening).rejects.toMatchObject({ code: 'SHARE_FOREIGN' });

  // With the other quorum in the manifest too, they fit each other, but not this backup.
  const [quorum] = quorumsOf(theirs.manifest.envelopes);
  if (quorum === undefined) throw new Error('it has a quorum');
  parts.manifest = { ...parts.manifest, envelopes: [quorum.entry] };
  await putTogether(split.from, parts, await scene.run().instance.signer());
  const again = verify({ from: split.from, withFactors: true }, scene.run(people({ identities })));
  await expect(again).rejects.toMatchObject({ code: 'SHARE_FOREIGN' });
});
