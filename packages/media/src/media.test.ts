import { expect, test } from 'vitest';

import { removableMedia } from './media.ts';
import { aDisk, toldSystem } from './testing/disks.ts';

test('all disks are listed, each with why it is not offered', async () => {
  const system = toldSystem(aDisk(), aDisk({ node: '/dev/sda', bus: 'ata', hotPlugged: false }));
  const media = removableMedia({ system, protected: ['BLACK'] });
  expect(await media.list()).toMatchObject([
    { node: '/dev/sdb', refusal: null, volumes: [{ writeRefusal: { code: 'protected' } }] },
    { node: '/dev/sda', refusal: { code: 'built-in' } },
  ]);
});

test('nothing is looked at before it is asked for', () => {
  const system = toldSystem(aDisk());
  removableMedia({ system });
  expect(system.asked).toEqual({ list: 0, fingerprint: 0 });
});

test('protected media are not opened for writing', async () => {
  const media = removableMedia({ system: toldSystem(aDisk()), protected: ['4C530001230101'] });
  const [medium] = await media.list();
  const chosen = { medium: medium!, volume: medium!.volumes[0]! };
  await expect(media.openVolume(chosen, { access: 'write' })).rejects.toMatchObject({
    code: 'MEDIUM_REFUSED',
  });
});

test('a system that nobody knows the media of is named so', async () => {
  const known = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...known, value: 'freebsd' });
  try {
    await expect(removableMedia().list()).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  } finally {
    Object.defineProperty(process, 'platform', known);
  }
});

test('the media of this very machine are listed, whatever they are', async () => {
  const media = removableMedia();
  for (const { node, size } of await media.list()) {
    expect(node).toMatch(/^\/dev\//);
    expect(size).toBeGreaterThanOrEqual(0);
  }
});
