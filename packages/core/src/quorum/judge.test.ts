import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openScene } from '../testing/scene.ts';
import { takeApart } from '../testing/forge.ts';
import { altered, NAMES, splitBackup } from '../testing/split-backup.ts';
import type { Manifest } from '../backup-file/manifest.ts';
import { openCollection } from './collection.ts';
import { judgeShare, quorumsOf } from './judge.ts';
import { openShare } from './share.ts';

const outcome = (text: Uint8Array, manifest: Manifest): { code?: unknown; message?: unknown } => {
  using share = openShare(text, 'it');
  try {
    return { message: judgeShare(share, manifest).custodian.name };
  } catch (error) {
    return error as { code?: unknown; message?: unknown };
  }
};

test('each share is found where it belongs', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { manifest } = await takeApart(split.from);
  for (const name of NAMES) {
    expect(outcome(await split.text(name), manifest)).toEqual({ message: name });
  }
});

test('one flipped bit in any share is told, with the name of its custodian', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { manifest } = await takeApart(split.from);
  const texts = await Promise.all(NAMES.map(async (name) => await split.text(name)));
  fc.assert(
    fc.property(fc.nat(2), fc.nat(), (who, at) => {
      const flipped = altered(texts[who] ?? new Uint8Array(), {}, (bytes) => {
        const place = (at >> 3) % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << (at & 7));
      });
      const { code, message } = outcome(flipped, manifest);
      expect(code).toBe('SHARE_INVALID');
      expect(message).toContain(NAMES[who]);
    }),
    { numRuns: 500 },
  );
});

test('what a share says of itself has to be what the manifest says', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { manifest } = await takeApart(split.from);
  const text = await split.text('alice');
  const [quorum] = quorumsOf(manifest.envelopes);
  const bob = quorum?.quorum.custodians.find(({ name }) => name === 'bob')?.index ?? 0;
  const unused = [1, 2, 3, 4].find((index) =>
    quorum?.quorum.custodians.every((custodian) => custodian.index !== index),
  );
  const changes = [
    { custodian: 'bob' },
    { custodian: 'mallory' },
    { index: bob },
    { index: bob, custodian: 'bob' },
    { index: unused ?? 0 },
    { envelope: 2 },
    { threshold: 3 },
    { shares: 4 },
  ];
  for (const change of changes) {
    expect(outcome(altered(text, change), manifest).code, JSON.stringify(change)).toBe(
      'SHARE_INVALID',
    );
  }
});

test('a share of another backup is foreign, and one of another set is outdated', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const other = await splitBackup(scene, { to: 'other.tar' });
  const { manifest } = await takeApart(split.from);
  expect(outcome(await other.text('bob'), manifest)).toMatchObject({
    code: 'SHARE_FOREIGN',
    message: expect.stringContaining('bob') as string,
  });
  const former = 'ab'.repeat(16);
  const text = altered(await split.text('bob'), { set: former });
  expect(outcome(text, manifest).code).toBe('SHARE_OUTDATED');
  const successor = {
    ...manifest,
    envelopes: manifest.envelopes.map((entry) => ({
      ...entry,
      factors: entry.factors.map((factor) =>
        factor.kind === 'quorum' ? { ...factor, predecessors: [former] } : factor,
      ),
    })),
  };
  expect(outcome(text, successor)).toMatchObject({
    code: 'SHARE_OUTDATED',
    message: expect.stringContaining('envelope 1') as string,
  });
});

test('a share that is there already counts once', async () => {
  await using scene = await openScene();
  const split = await splitBackup(scene);
  const { manifest } = await takeApart(split.from);
  const [quorum] = quorumsOf(manifest.envelopes);
  if (quorum === undefined) throw new Error('it has a quorum');
  using collection = openCollection(quorum);
  using share = openShare(await split.text('alice'), 'it');
  const place = judgeShare(share, manifest);
  collection.take(share, place);
  expect(() => {
    collection.take(share, place);
  }).toThrow(expect.objectContaining({ code: 'SHARE_DUPLICATE' }));
  expect(collection).toMatchObject({ have: ['alice'], isComplete: false });
  await expect(
    collection.openWhole().then((whole) => {
      whole[Symbol.dispose]();
    }),
  ).rejects.toMatchObject({ code: 'INTERNAL' });
});
