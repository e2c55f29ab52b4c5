import { stat } from 'node:fs/promises';
import { removableMedia, type Media } from '@holdfast/media';
import { aDisk, aPart, toldSystem } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import { chooseVolumes } from '../media/choose.ts';
import type { Run } from '../run.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { describeMedium, forgetMedium, type DescribeMediumRequest } from './describe-medium.ts';
import { listMedia, type MediaListing } from './list-media.ts';
import { protectedMedia } from './protected-media.ts';
import { keeping } from './testing/kept-run.ts';

const BLACK = aDisk();
const WHITE = aDisk({
  ...{ node: '/dev/sdc', sequence: '8', serial: 'FFFF' },
  parts: [aPart({ node: '/dev/sdc1', number: '8:33', label: 'WHITE', uuid: '5678-CDEF' })],
});

function plugged(...disks: readonly ReturnType<typeof aDisk>[]): { media: Media } {
  return { media: removableMedia({ system: toldSystem(...disks) }) };
}

async function describe(scene: Scene, request: DescribeMediumRequest, more: Partial<Run> = {}) {
  return await keeping(scene, async (run) => await describeMedium(request, run), more);
}

async function list(scene: Scene, more: Partial<Run> = {}): Promise<MediaListing> {
  return await keeping(scene, listMedia, more);
}

async function choose(scene: Scene, name: string, more: Partial<Run>): Promise<string> {
  return await keeping(
    scene,
    async (run) => {
      const selector = { name, item: null };
      const [chosen] = await chooseVolumes({ selector, count: 1, access: 'write' }, run);
      return chosen?.volume.node ?? '';
    },
    more,
  );
}

test('a medium that is plugged in gets a name, a place and an owner, and keeps them when it is gone', async () => {
  await using scene = await openScene();
  const words = { name: 'vault-1', location: 'bank box 2', owner: 'Ann' };
  const row = await describe(scene, { medium: 'usb:BLACK', ...words }, plugged(BLACK, WHITE));
  expect(row).toMatchObject({ ...words, label: 'BLACK', uuid: '1234-ABCD', protected: false });
  const { media, register, clones } = await list(scene, plugged(WHITE));
  expect(media).toHaveLength(1);
  expect(register).toMatchObject([{ ...words, nodes: [], formerLabel: null, copies: [] }]);
  expect(clones).toEqual([]);
  expect(await list(scene, plugged(BLACK))).toMatchObject({ register: [{ nodes: ['/dev/sdb1'] }] });
});

test('an absent one is described by its name, label, UUID, serial number or id', async () => {
  await using scene = await openScene();
  const { id } = await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(BLACK));
  const names = ['vault-1', 'usb:vault-1', 'BLACK', '1234-abcd', '4C530001230101', id, `usb:${id}`];
  for (const [place, medium] of names.entries()) {
    const location = `box ${String(place)}`;
    expect(await describe(scene, { medium, location }, plugged())).toMatchObject({ id, location });
  }
  const gone = await describe(scene, { medium: id, location: '' }, plugged());
  expect(gone).toMatchObject({ name: 'vault-1', location: null });
});

test('what is left out stays, and to describe an absent one does not say that it was seen', async () => {
  await using scene = await openScene();
  const before = await describe(
    scene,
    { medium: 'usb', name: 'vault-1', owner: 'Ann', protect: true },
    plugged(BLACK),
  );
  const after = await describe(scene, { medium: 'vault-1', location: 'box 2' }, plugged());
  expect(after).toEqual({ ...before, location: 'box 2' });
});

test('a medium that is neither here nor known, or not the only one, is refused', async () => {
  await using scene = await openScene();
  const twin = { ...WHITE, parts: WHITE.parts.map((part) => ({ ...part, label: 'BLACK' })) };
  await expect(
    describe(scene, { medium: 'usb:RED', name: 'x' }, plugged(BLACK)),
  ).rejects.toMatchObject({ code: 'MEDIUM_UNKNOWN' });
  await expect(
    describe(scene, { medium: 'usb', name: 'x' }, plugged(BLACK, WHITE)),
  ).rejects.toMatchObject({ code: 'MEDIUM_AMBIGUOUS' });
  await describe(scene, { medium: 'usb', name: 'one' }, plugged(BLACK));
  await describe(scene, { medium: 'usb', name: 'two' }, plugged(twin));
  await expect(describe(scene, { medium: 'BLACK', owner: 'Ann' }, plugged())).rejects.toMatchObject(
    {
      code: 'MEDIUM_AMBIGUOUS',
    },
  );
  await expect(describe(scene, { medium: 'usb:a/b', name: 'x' }, plugged())).rejects.toMatchObject({
    code: 'MEDIUM_SELECTOR_INVALID',
  });
  await expect(describe(scene, { medium: 'one', name: 'two' }, plugged())).rejects.toMatchObject({
    code: 'MEDIUM_NAME_TAKEN',
  });
});

test('a built-in disk is never taken for a medium', async () => {
  await using scene = await openScene();
  const disk = aDisk({ bus: 'nvme', hotPlugged: false, parts: [aPart({ label: 'ROOT' })] });
  await expect(
    describe(scene, { medium: 'usb:ROOT', name: 'x' }, plugged(disk)),
  ).rejects.toMatchObject({ code: 'MEDIUM_UNKNOWN' });
});

test('usb:NAME is the medium of that name, even where another one has it as its label', async () => {
  await using scene = await openScene();
  await describe(scene, { medium: 'usb:BLACK', name: 'WHITE' }, plugged(BLACK, WHITE));
  expect(await choose(scene, 'WHITE', plugged(BLACK, WHITE))).toBe('/dev/sdb1');
  expect(await choose(scene, 'FFFF', plugged(BLACK, WHITE))).toBe('/dev/sdc1');
  await expect(choose(scene, 'WHITE', plugged(WHITE))).rejects.toMatchObject({
    code: 'MEDIUM_NOT_FOUND',
  });
});

test('a new label does not make it another medium, and is told', async () => {
  await using scene = await openScene();
  await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(BLACK));
  const renamed = { ...BLACK, parts: BLACK.parts.map((part) => ({ ...part, label: 'GREY' })) };
  const { register } = await list(scene, plugged(renamed));
  expect(register).toMatchObject([{ name: 'vault-1', formerLabel: 'BLACK', nodes: ['/dev/sdb1'] }]);
  expect(await choose(scene, 'vault-1', plugged(renamed))).toBe('/dev/sdb1');
});

test('two sticks with one UUID are told, plugged in or not, and keep their own names', async () => {
  await using scene = await openScene();
  const clone = { ...WHITE, parts: WHITE.parts.map((it) => ({ ...it, uuid: '1234-ABCD' })) };
  await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(BLACK));
  const both = await list(scene, plugged(BLACK, clone));
  expect(both.clones).toMatchObject([
    { uuid: '1234-ABCD', among: ['vault-1, BLACK (/dev/sdb1)', 'WHITE (/dev/sdc1)'] },
  ]);
  expect(both.register).toMatchObject([{ name: 'vault-1', nodes: ['/dev/sdb1'] }]);
  const one = await list(scene, plugged(clone));
  expect(one.clones).toMatchObject([{ among: ['WHITE (/dev/sdc1)', 'vault-1, not plugged in'] }]);
  expect(one.register).toMatchObject([{ name: 'vault-1', nodes: [] }]);
});

test('two sticks that nothing tells apart are told as well', async () => {
  await using scene = await openScene();
  const one = { ...BLACK, serial: null };
  const other = { ...one, node: '/dev/sdc', sequence: '8' };
  await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(one));
  const { clones, register } = await list(scene, plugged(one, other));
  expect(clones).toMatchObject([{ uuid: '1234-ABCD' }]);
  expect(clones[0]?.among).toHaveLength(2);
  expect(register[0]?.nodes).toHaveLength(2);
});

test('what is forgotten has no name any more; it is the medium of that name again when it is said', async () => {
  await using scene = await openScene();
  await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(BLACK));
  expect(await keeping(scene, async (run) => await forgetMedium('vault-1', run))).toMatchObject({
    name: 'vault-1',
  });
  expect((await list(scene, plugged())).register).toEqual([]);
  await expect(
    keeping(scene, async (run) => await forgetMedium('vault-1', run)),
  ).rejects.toMatchObject({
    code: 'MEDIUM_UNKNOWN',
  });
  expect(await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(BLACK))).toMatchObject({
    name: 'vault-1',
  });
});

test('a medium that the register protects is refused for writing, until that is taken back', async () => {
  await using scene = await openScene();
  const system = toldSystem(BLACK);
  const tryToWrite = async (): Promise<string> =>
    await keeping(scene, async (run) => {
      const media = removableMedia({ system, protected: protectedMedia([], run, () => undefined) });
      const wanted = {
        selector: { name: 'BLACK', item: null },
        count: 1,
        access: 'write',
      } as const;
      const [chosen] = await chooseVolumes(wanted, { ...run, media });
      return chosen?.volume.node ?? '';
    });
  await describe(scene, { medium: 'usb', protect: true }, { media: removableMedia({ system }) });
  await expect(tryToWrite()).rejects.toMatchObject({ code: 'MEDIUM_REFUSED' });
  await describe(scene, { medium: 'BLACK', protect: false }, plugged());
  expect(await tryToWrite()).toBe('/dev/sdb1');
});

test('to list media makes no catalog, and one that cannot be read keeps nobody from a stick', async () => {
  await using scene = await openScene();
  const none = await list(scene, plugged(BLACK));
  expect(none).toMatchObject({ register: [], registerFailure: null });
  await expect(stat(scene.path('state'))).rejects.toMatchObject({ code: 'ENOENT' });
  await describe(scene, { medium: 'usb', name: 'vault-1' }, plugged(BLACK));
  await scene.file('state/catalog.db', 'no catalog '.repeat(100));
  const damaged = await list(scene, plugged(BLACK));
  expect(damaged).toMatchObject({ register: [], media: [{ node: '/dev/sdb' }] });
  expect(damaged.registerFailure).not.toBeNull();
  expect(await choose(scene, 'BLACK', plugged(BLACK))).toBe('/dev/sdb1');
});
