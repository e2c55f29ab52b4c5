import type { ChosenVolume } from '@holdfast/media';
import { offered } from './testing/offered.ts';
import { expect, test } from 'vitest';
import type { MediumSource, MediumWords } from '../ports.ts';
import { openScene } from '../testing/scene.ts';
import { admitMedia } from './admit-media.ts';
import { knownMedia } from './known-media.ts';
import { keeping, record } from './testing/kept-run.ts';
import { mediumSeen } from '../record/places.ts';

/** Somebody who answers like this, and who is remembered for what they were asked. */
function somebody(
  answer: MediumWords | null | undefined,
): MediumSource & { asked: ChosenVolume[] } {
  const asked: ChosenVolume[] = [];
  return {
    asked,
    async admitMedium({ found }) {
      asked.push(found);
      return await Promise.resolve(answer);
    },
  };
}

const ANYONE = { onlyKnown: false };

test('whoever is there is asked about a new medium, and may name it at once', async () => {
  await using scene = await openScene();
  const mediumSource = somebody({ name: 'vault-1', owner: 'Ann' });
  await keeping(scene, async (run) => await admitMedia([await offered()], ANYONE, run), {
    mediumSource,
  });
  expect(mediumSource.asked).toHaveLength(1);
  const known = await keeping(scene, knownMedia);
  expect(known).toMatchObject([{ name: 'vault-1', owner: 'Ann', location: null, label: 'BLACK' }]);
  await keeping(scene, async (run) => await admitMedia([await offered()], ANYONE, run), {
    mediumSource,
  });
  expect(mediumSource.asked).toHaveLength(1);
});

test('a new medium that is not confirmed is not used', async () => {
  await using scene = await openScene();
  const mediumSource = somebody(null);
  const refused = keeping(scene, async (run) => await admitMedia([await offered()], ANYONE, run), {
    mediumSource,
  });
  await expect(refused).rejects.toMatchObject({ code: 'MEDIUM_REFUSED' });
});

test('where nobody is, a new medium is used, unless only known ones are', async () => {
  await using scene = await openScene();
  const admit = async (onlyKnown: boolean): Promise<void> => {
    await keeping(scene, async (run) => await admitMedia([await offered()], { onlyKnown }, run), {
      mediumSource: somebody(undefined),
    });
  };
  await admit(false);
  await expect(admit(true)).rejects.toMatchObject({ code: 'MEDIUM_UNKNOWN' });
  await record(scene, mediumSeen(await offered()));
  await admit(true);
});

test('nobody is asked where the register cannot be read, and only-known takes none then', async () => {
  await using scene = await openScene();
  await record(scene, mediumSeen(await offered()));
  await scene.file('state/catalog.db', 'no catalog '.repeat(100));
  const mediumSource = somebody(null);
  await keeping(scene, async (run) => await admitMedia([await offered()], ANYONE, run), {
    mediumSource,
  });
  expect(mediumSource.asked).toEqual([]);
  const strict = keeping(scene, async (run) => {
    await admitMedia([await offered()], { onlyKnown: true }, run);
  });
  await expect(strict).rejects.toMatchObject({ code: 'CATALOG_DAMAGED' });
});

test('a name that is taken is refused before anything is written', async () => {
  await using scene = await openScene();
  const mediumSource = somebody({ name: 'vault-1' });
  const other = await offered({ serial: 'FFFF' });
  await keeping(scene, async (run) => await admitMedia([other], ANYONE, run), { mediumSource });
  const again = keeping(scene, async (run) => await admitMedia([await offered()], ANYONE, run), {
    mediumSource,
  });
  await expect(again).rejects.toMatchObject({ code: 'MEDIUM_NAME_TAKEN' });
  expect(await keeping(scene, knownMedia)).toHaveLength(1);
});
