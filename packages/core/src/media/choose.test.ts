import { throwIfCancelled } from '@holdfast/age';
import { parseSelector, removableMedia, type ChosenVolume, type Media } from '@holdfast/media';
import { aDisk, aPart, toldSystem } from '@holdfast/media/testing';
import { expect, test } from 'vitest';
import type { MediumChoice, MediumSource, MediumWait } from '../ports.ts';
import { chooseVolumes, nameOf, type MediaRun, type VolumesWanted } from './choose.ts';

type Disk = ReturnType<typeof aDisk>;

/** Disks as they come and go: each list is seen once the former one was. Then nothing happens any more. */
function mediaOf(...lists: readonly (readonly Disk[])[]): Media {
  return {
    ...removableMedia({ system: toldSystem() }),
    async *changes({ signal } = {}) {
      for (const disks of lists) {
        throwIfCancelled(signal);
        yield await removableMedia({ system: toldSystem(...disks), protected: ['KEPT'] }).list();
      }
      if (signal?.aborted === false)
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throwIfCancelled(signal);
    },
  };
}

/** Number `at` of several sticks that are told apart by everything. */
function stick(at: number, more: Partial<Disk> = {}): Disk {
  const node = `/dev/sd${'abcdef'.charAt(at)}`;
  const part = aPart({ node: `${node}1`, label: `STICK${at}`, uuid: `0000-000${at}` });
  return aDisk({ node, sequence: `${at}`, serial: `serial-${at}`, parts: [part], ...more });
}

interface Person extends MediumSource {
  readonly waits: MediumWait[];
  readonly choices: MediumChoice[];
  readonly found: ChosenVolume[];
}

/** Waits so long each time, and picks the last of what is offered unless told another way. */
function person(
  patience: number,
  pick: (choice: MediumChoice) => ChosenVolume | null = ({ candidates }) => candidates.at(-1)!,
): Person {
  const [waits, choices, found]: [MediumWait[], MediumChoice[], ChosenVolume[]] = [[], [], []];
  return {
    ...{ waits, choices, found },
    async waitForMedium(wait) {
      waits.push(wait);
      return patience;
    },
    async chooseMedium(choice) {
      choices.push(choice);
      return pick(choice);
    },
    mediumFound: (it) => void found.push(it),
  };
}

async function choose(
  text: string,
  run: MediaRun,
  more: Partial<VolumesWanted> = {},
): Promise<string[]> {
  const selector = parseSelector(text);
  const chosen = await chooseVolumes({ selector, count: 1, access: 'write', ...more }, run);
  return chosen.map(({ volume }) => volume.node);
}

test.each(['usb', 'usb:STICK1', 'usb:0000-0001', 'usb:serial-1', 'usb:/dev/sdb', 'usb:/dev/sdb1'])(
  'the only stick that is there is the one that %s means, and nobody is asked',
  async (text) => {
    const mediumSource = person(0);
    const media = mediaOf([stick(1)]);
    expect(await choose(text, { media, mediumSource })).toEqual(['/dev/sdb1']);
    expect(await choose(text, { media })).toEqual(['/dev/sdb1']);
    expect(mediumSource).toMatchObject({ waits: [], choices: [] });
    expect(mediumSource.found).toMatchObject([{ volume: { node: '/dev/sdb1' } }]);
  },
);

test('of several sticks a name picks one', async () => {
  const media = mediaOf([stick(1), stick(2), stick(3)]);
  expect(await choose('usb:STICK2', { media })).toEqual(['/dev/sdc1']);
});

test('when several fit and nobody can be asked, they are named', async () => {
  const media = mediaOf([stick(1), stick(2)]);
  await expect(choose('usb', { media })).rejects.toMatchObject({ code: 'MEDIUM_AMBIGUOUS' });
  const twoLabels = [aPart({ node: '/dev/sdb1' }), aPart({ node: '/dev/sdb2' })];
  const one = mediaOf([stick(1, { parts: twoLabels })]);
  await expect(choose('usb', { media: one })).rejects.toMatchObject({ code: 'MEDIUM_AMBIGUOUS' });
});

test('when several fit a person is asked, and may decline', async () => {
  const media = mediaOf([stick(1), stick(2), stick(3)]);
  const mediumSource = person(0);
  expect(await choose('usb', { media, mediumSource })).toEqual(['/dev/sdd1']);
  expect(mediumSource.choices).toMatchObject([{ number: 1, of: 1, candidates: [{}, {}, {}] }]);
  const nobody = person(0, () => null);
  await expect(choose('usb', { media, mediumSource: nobody })).rejects.toMatchObject({
    code: 'MEDIUM_AMBIGUOUS',
  });
});

test('what is not offered is no candidate, so that the other is the only one', async () => {
  const builtIn = stick(1, { bus: 'ata', hotPlugged: false });
  const swap = stick(2, { parts: [aPart({ swap: true })] });
  const locked = stick(3, { readOnly: true });
  const kept = stick(4, { parts: [aPart({ label: 'KEPT' })] });
  const media = mediaOf([builtIn, swap, locked, kept, stick(5)]);
  expect(await choose('usb', { media })).toEqual(['/dev/sdf1']);
});

test('what is read-only or protected is a candidate for reading', async () => {
  for (const more of [{ readOnly: true }, { parts: [aPart({ label: 'KEPT' })] }]) {
    const media = mediaOf([stick(1, more)]);
    expect(await choose('usb', { media }, { access: 'read' })).toHaveLength(1);
    await expect(choose('usb', { media })).rejects.toMatchObject({ code: 'MEDIUM_NOT_FOUND' });
  }
});

test.each([
  ['protected', stick(1, { parts: [aPart({ label: 'KEPT' })] }), 'usb:KEPT'],
  ['read-only', stick(1, { readOnly: true }), 'usb:STICK1'],
  ['built in', stick(1, { bus: 'ata', hotPlugged: false }), 'usb:/dev/sdb'],
  ['part of the system', stick(1, { parts: [aPart({ swap: true })] }), 'usb:serial-1'],
  ['encrypted', stick(1, { parts: [aPart({ fileSystem: 'crypto_LUKS' })] }), 'usb:1234-ABCD'],
])('who names what is %s is told so at once, and does not wait', async (_what, disk, text) => {
  const mediumSource = person(60_000);
  await expect(choose(text, { media: mediaOf([disk]), mediumSource })).rejects.toMatchObject({
    code: 'MEDIUM_REFUSED',
  });
  expect(mediumSource.waits).toEqual([]);
});

test('a reader that is empty, and a stick without a file system, may be waited for', async () => {
  for (const parts of [[aPart({ fileSystem: null })], []]) {
    const size = parts.length === 0 ? 0 : 1000;
    const media = mediaOf([stick(1, { parts, size })], [stick(1)]);
    const mediumSource = person(60_000);
    expect(await choose('usb:serial-1', { media, mediumSource })).toEqual(['/dev/sdb1']);
    expect(mediumSource.waits).toHaveLength(1);
  }
});

test('without anybody who waits, a stick that is not there is not found', async () => {
  for (const mediumSource of [undefined, {}, person(0), person(-1)]) {
    const media = mediaOf([], [stick(1)]);
    await expect(choose('usb', { media, mediumSource })).rejects.toMatchObject({
      code: 'MEDIUM_NOT_FOUND',
    });
  }
});

test('who waits is told what is missing each time that something changed, and of what is not used', async () => {
  const disks = [stick(1, { bus: 'nvme', hotPlugged: false }), stick(2, { readOnly: true })];
  const media = mediaOf([], disks, [...disks, stick(3)]);
  const mediumSource = person(60_000);
  expect(await choose('usb/sso', { media, mediumSource })).toEqual(['/dev/sdd1']);
  expect(mediumSource.waits).toEqual([
    { selector: 'usb', missing: 1, refused: [] },
    {
      selector: 'usb',
      missing: 1,
      refused: [{ name: '/dev/sdc1', reason: expect.stringContaining('write-protected') }],
    },
  ]);
});

test('a stick with another name is not what is waited for', async () => {
  const media = mediaOf([stick(1)], [stick(1), stick(2)]);
  const mediumSource = person(60_000);
  expect(await choose('usb:STICK2', { media, mediumSource })).toEqual(['/dev/sdc1']);
  expect(mediumSource.waits).toMatchObject([{ selector: 'usb:STICK2' }]);
});

test('when the time is over it is not found, and the last that was seen is told', async () => {
  const media = mediaOf([], [stick(1, { readOnly: true })]);
  await expect(choose('usb', { media, mediumSource: person(20) })).rejects.toMatchObject({
    code: 'MEDIUM_NOT_FOUND',
    message: expect.stringContaining('/dev/sdb1'),
  });
});

test('the time that is left is that of the last answer', async () => {
  const patience = [60_000, 20];
  const mediumSource = { waitForMedium: async () => patience.shift() ?? 0 };
  const media = mediaOf([], [stick(1, { readOnly: true })]);
  await expect(choose('usb', { media, mediumSource })).rejects.toMatchObject({
    code: 'MEDIUM_NOT_FOUND',
  });
  expect(patience).toEqual([]);
});

test('who waits without end is let go by a stick, or by cancelling', async () => {
  const mediumSource = person(Infinity);
  const media = mediaOf([], [stick(1)]);
  expect(await choose('usb', { media, mediumSource })).toEqual(['/dev/sdb1']);
  const abort = new AbortController();
  const waiting = choose('usb', { media: mediaOf([]), mediumSource, signal: abort.signal });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('without anything that looks for media, they are not supported', async () => {
  await expect(choose('usb', {})).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
});

test('as many sticks as copies are wanted are taken without a question', async () => {
  const media = mediaOf([stick(1), stick(2)]);
  const mediumSource = person(0);
  expect(await choose('usb', { media, mediumSource }, { count: 2 })).toEqual([
    '/dev/sdb1',
    '/dev/sdc1',
  ]);
  expect(mediumSource.choices).toEqual([]);
});

test('of more sticks than copies a person picks each in its turn', async () => {
  const media = mediaOf([stick(1), stick(2), stick(3), stick(4)]);
  const mediumSource = person(0);
  const chosen = await choose('usb', { media, mediumSource }, { count: 3 });
  expect(chosen).toEqual(['/dev/sde1', '/dev/sdd1', '/dev/sdc1']);
  expect(mediumSource.choices.map(({ number, of }) => [number, of])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
});

test('each copy is on a medium of its own: two volumes of one stick are one', async () => {
  const parts = [aPart({ node: '/dev/sdb1' }), aPart({ node: '/dev/sdb2', label: 'SECOND' })];
  const two = stick(1, { parts });
  const mediumSource = person(60_000, ({ candidates }) => candidates[1]!);
  const media = mediaOf([two], [two, stick(2)]);
  expect(await choose('usb', { media, mediumSource }, { count: 2 })).toEqual([
    '/dev/sdb2',
    '/dev/sdc1',
  ]);
  expect(mediumSource.waits).toMatchObject([{ missing: 1 }]);
});

test('one stick under two names is one, and another is waited for', async () => {
  const twice = [stick(1), stick(2, { serial: 'serial-1' })];
  const mediumSource = person(60_000, ({ candidates }) => candidates[0]!);
  const media = mediaOf(twice, [...twice, stick(3)]);
  expect(await choose('usb', { media, mediumSource }, { count: 2 })).toEqual([
    '/dev/sdb1',
    '/dev/sdd1',
  ]);
  expect(mediumSource.waits).toMatchObject([{ missing: 1 }]);
  await expect(choose('usb', { media: mediaOf(twice) }, { count: 2 })).rejects.toMatchObject({
    code: 'MEDIUM_NOT_FOUND',
  });
});

test('sticks of one number but of different makers are two, and so are those without a number', async () => {
  const media = mediaOf([stick(1), stick(2, { serial: 'serial-1', usbId: '0951:1666' })]);
  expect(await choose('usb', { media }, { count: 2 })).toHaveLength(2);
  const bare = mediaOf([stick(1, { serial: null }), stick(2, { serial: null })]);
  expect(await choose('usb', { media: bare }, { count: 2 })).toHaveLength(2);
});

test('what is taken for another copy is not taken again, by whatever name', async () => {
  const selector = parseSelector('usb');
  const [first] = await chooseVolumes(
    { selector, count: 1, access: 'write' },
    { media: mediaOf([stick(1)]) },
  );
  const taken = [first!];
  const again = stick(3, { serial: 'serial-1' });
  const media = mediaOf([stick(1), stick(2), again]);
  expect(await choose('usb', { media }, { taken })).toEqual(['/dev/sdc1']);
  await expect(
    choose('usb:STICK1', { media: mediaOf([stick(1)]) }, { taken }),
  ).rejects.toMatchObject({ code: 'MEDIUM_NOT_FOUND' });
});

test('a system that fails to list its disks is no medium that is missing', async () => {
  const failing = toldSystem();
  const error = Object.assign(new Error('no lsblk'), { code: 'MEDIA_UNSUPPORTED' });
  const media = removableMedia({
    system: { ...failing, list: async () => await Promise.reject(error) },
  });
  await expect(choose('usb', { media, mediumSource: person(60_000) })).rejects.toBe(error);
});

test('a volume is called by its label, or by what it is on', async () => {
  const [medium] = await removableMedia({ system: toldSystem(aDisk()) }).list();
  const [volume] = medium!.volumes;
  const name = (label: string | null, product: string | null): string =>
    nameOf({ medium: { ...medium!, product }, volume: { ...volume!, label } });
  expect(name('BLACK', 'Ultra Fit')).toBe('BLACK (/dev/sdb1)');
  expect(name(null, 'Ultra Fit')).toBe('Ultra Fit (/dev/sdb1)');
  expect(name(null, null)).toBe('/dev/sdb1');
});
