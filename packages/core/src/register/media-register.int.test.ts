import { removableMedia } from '@holdfast/media';
import { expect, test } from 'vitest';
import { assertAllCopies } from '../media/copies.ts';
import { filesOn, openMediaScene, targetOf } from '../media/testing/media-scene.ts';
import { verifyMedium } from '../media/verify-medium.ts';
import { describeMedium, forgetMedium } from './describe-medium.ts';
import { listMedia } from './list-media.ts';
import { protectedMedia } from './protected-media.ts';
import { keeping } from './testing/kept-run.ts';

test('the register tells which copy lies on which medium, also when none is plugged in', async () => {
  await using scene = await openMediaScene();
  const black = await scene.loop.addStick({ label: 'BLACK' });
  const white = await scene.loop.addStick({ label: 'WHITE' });
  const { media } = scene.run();
  await keeping(
    scene,
    async (run) => {
      await describeMedium({ medium: 'usb:BLACK', name: 'vault-1', location: 'bank box 2' }, run);
      const to = [await targetOf(black), await targetOf(white)];
      assertAllCopies(await scene.copyTo([], { to, run, name: 'sso' }));
    },
    { media },
  );
  await black.unplug();
  await white.unplug();
  const { register } = await keeping(scene, listMedia, { media });
  expect(register).toHaveLength(2);
  const of = (label: string) => register.find((row) => row.label === label);
  expect(of('BLACK')).toMatchObject({
    ...{ name: 'vault-1', location: 'bank box 2', nodes: [] },
    copies: [{ secret: 'sso', number: 1, of: 2, superseded: false }],
  });
  expect(of('WHITE')).toMatchObject({ name: null, copies: [{ secret: 'sso', number: 2, of: 2 }] });
  // What is known of the copies does not hang on the register.
  await keeping(scene, async (run) => await forgetMedium('vault-1', run));
  await keeping(scene, async ({ catalog }) => {
    expect((await (await catalog.open()).copies({ present: true })).rows).toHaveLength(2);
  });
});

test('nothing is written to a medium that the register protects, and it is read as before', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick({ label: 'BLACK' });
  const media = removableMedia({ system: scene.loop.system });
  await keeping(
    scene,
    async (run) => {
      const to = [await targetOf(stick)];
      assertAllCopies(await scene.copyTo([], { to, run }));
      await describeMedium({ medium: 'usb:BLACK', name: 'vault-1', protect: true }, run);
    },
    { media },
  );
  const before = await filesOn(stick);
  expect(before).toHaveLength(1);
  await keeping(scene, async (run) => {
    const isProtected = protectedMedia([], run, () => undefined);
    const guarded = removableMedia({ system: scene.loop.system, protected: isProtected });
    const guardedRun = { ...run, media: guarded };
    // Chosen before it was protected, as far as the writer knows.
    const to = [await targetOf(stick)];
    await expect(scene.copyTo([], { to, run: guardedRun })).rejects.toMatchObject({
      code: 'MEDIUM_REFUSED',
    });
    const selector = { name: 'vault-1', item: null };
    const found = await verifyMedium(selector, { withFactors: false }, guardedRun);
    expect(found.backups).toMatchObject([{ failure: null }]);
  });
  expect(await filesOn(stick)).toEqual(before);
});
