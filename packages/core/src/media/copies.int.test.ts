import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { mountTmpfs, type Stick } from '@holdfast/media/testing';
import { expect, test, vi } from 'vitest';
import { instanceAt } from '../instance/instance.ts';
import { restore } from '../restore.ts';
import { sourceFromStdin } from '../sources/index.ts';
import { toFile } from '../targets/index.ts';
import { recorder } from '../testing/scene.ts';
import { verify } from '../verify.ts';
import { assertAllCopies } from './copies.ts';
import { filesOn, openMediaScene, targetOf, type MediaScene } from './testing/media-scene.ts';

const MIB = 1 << 20;
/** More than is read back at a time, twice. */
const LARGE = randomBytes(17 * MIB);
const SOME = LARGE.subarray(0, 3 * MIB);

/** Restores the only backup on a stick, from a place of its own. */
async function restored(scene: MediaScene, stick: Stick): Promise<Buffer> {
  await using mounted = await stick.openMounted('ro');
  const [file = ''] = await readdir(mounted.at('holdfast'));
  const to = scene.path(`back-${stick.label}`);
  await restore({ from: mounted.at(`holdfast/${file}`), to: toFile(to) }, scene.run());
  return await readFile(to);
}

test('two sticks each get a copy that is proven, opens, and leaves them as they were', async () => {
  await using scene = await openMediaScene();
  const black = await scene.loop.addStick({ label: 'BLACK' });
  const white = await scene.loop.addStick({ label: 'WHITE', fileSystem: 'xfs' });
  const report = await scene.copyTo([black, white], { content: SOME });
  assertAllCopies(report);
  const name = expect.stringMatching(/^secret\.json-\d{8}T\d{6}Z-[0-9a-f]{8}\.tar$/);
  expect(report).toMatchObject({ secret: 'secret.json', payloadSize: SOME.length });
  expect(report.copies).toEqual(
    [black, white].map((stick) => ({
      where: `${stick.label} (${stick.node()})`,
      medium: {
        ...{ label: stick.label, uuid: stick.uuid, serial: stick.serial },
        ...{ vendor: 'SanDisk', product: 'Ultra Fit' },
      },
      ...{ file: name, proof: 'remounted', ejected: false, removed: [], warnings: [] },
      failure: null,
    })),
  );
  const [one, two] = report.copies.map(({ file }) => file);
  expect(one).toBe(two);
  for (const stick of [black, white]) {
    expect(stick.mounts()).toEqual([]);
    expect(await filesOn(stick)).toEqual([one]);
    expect((await restored(scene, stick)).equals(SOME)).toBe(true);
  }
});

test('a stick is ejected when that is asked for, whoever had it mounted', async () => {
  await using scene = await openMediaScene();
  const [black, white] = [await scene.loop.addStick(), await scene.loop.addStick()];
  await using _mounted = await white.openMounted();
  const { copies } = await scene.copyTo([black, white], { eject: true });
  expect(copies).toMatchObject([
    { proof: 'remounted', ejected: true, failure: null },
    { proof: 'remounted', ejected: true, failure: null },
  ]);
  expect(await scene.loop.system.list()).toEqual([]);
  for (const stick of [black, white]) {
    await stick.plug();
    expect(await filesOn(stick)).toHaveLength(1);
  }
});

test('what somebody has mounted stays mounted when nothing is ejected', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await using mounted = await stick.openMounted();
  const { copies } = await scene.copyTo([stick]);
  expect(copies).toMatchObject([{ proof: 'direct', ejected: false, failure: null }]);
  expect(stick.mounts()).toMatchObject([{ path: mounted.path }]);
});

test('a stick that cannot be ejected has its copy all the same', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await using mounted = await stick.openMounted();
  await using _user = await open(mounted.at('in-use'), 'w');
  const { copies } = await scene.copyTo([stick], { eject: true });
  expect(copies).toMatchObject([
    { proof: 'direct', ejected: false, failure: null, warnings: [expect.any(String)] },
  ]);
});

test('a stick that cannot be unmounted in the end has its copy all the same, and that is told', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await using user = new AsyncDisposableStack();
  const onProgress = once('reading back', () => {
    const inUse = openSync(`${stick.mounts()[0]!.path}/in-use`, 'w');
    user.defer(() => closeSync(inUse));
  });
  const run = scene.run(undefined, { onProgress });
  const report = await scene.copyTo([stick], { run, content: SOME });
  assertAllCopies(report);
  expect(report.copies[0]?.warnings).toHaveLength(1);
});

/** Does something once, as soon as a copy has come so far. */
function once(
  phase: string,
  act: () => void | Promise<void>,
): (progress: { phase: string; done: number; total: number | null }) => void {
  let acted = false;
  return (progress) => {
    // Sealing reads back as well, and knows its total by another size.
    if (acted || progress.phase !== phase || progress.done === 0 || !isCopy(progress)) return;
    acted = true;
    void act();
  };
}

const isCopy = ({ total }: { total: number | null }): boolean =>
  total !== null && total % 512 === 0;

test('a failure of one is told, and does not touch the others', async () => {
  await using scene = await openMediaScene();
  const [full, good] = [await scene.loop.addStick(), await scene.loop.addStick()];
  await full.fill(MIB);
  const gone = await scene.loop.addStick();
  const targets = await Promise.all([full, gone, good].map(targetOf));
  await gone.unplug();
  const report = await scene.copyTo([], { to: targets, content: SOME });
  const failed = { file: null, proof: null, ejected: false, removed: [] };
  expect(report.copies).toMatchObject([
    { ...failed, failure: { code: 'NO_SPACE' } },
    { ...failed, failure: { code: 'MEDIUM_CHANGED' } },
    { proof: 'remounted', failure: null },
  ]);
  expect(() => assertAllCopies(report)).toThrow(
    expect.objectContaining({ code: 'COPIES_INCOMPLETE' }),
  );
  expect(await filesOn(full)).toEqual([]);
  expect(full.mounts()).toEqual([]);
  expect((await restored(scene, good)).equals(SOME)).toBe(true);
});

test('when all fail, the first failure is thrown as it is', async () => {
  await using scene = await openMediaScene();
  const [full, locked] = [await scene.loop.addStick(), await scene.loop.addStick()];
  await full.fill(MIB);
  await locked.setReadOnly(true);
  const lost = scene.copyTo([full, locked], { content: SOME });
  await expect(lost).rejects.toMatchObject({ code: 'NO_SPACE' });
  const other = scene.copyTo([locked, full], { content: SOME });
  await expect(other).rejects.toMatchObject({ code: 'MEDIUM_REFUSED' });
});

test.each(['writing', 'reading back'])(
  'a stick that is pulled while %s fails, and the next one gets its copy',
  async (phase) => {
    await using scene = await openMediaScene();
    const pulled = await scene.loop.addStick({ fileSystem: 'xfs' });
    const good = await scene.loop.addStick();
    const onProgress = once(phase, () => {
      pulled.pull();
    });
    const run = scene.run(undefined, { onProgress });
    const { copies } = await scene.copyTo([pulled, good], { run, content: LARGE });
    expect(copies).toMatchObject([
      { failure: { code: expect.toBeOneOf(['DESTINATION_LOST', 'MEDIUM_CHANGED']) } },
      { failure: null },
    ]);
    expect(pulled.mounts()).toEqual([]);
  },
);

test('a failure is told by its own code even when unmounting fails as well', async () => {
  await using scene = await openMediaScene();
  const [full, good] = [await scene.loop.addStick(), await scene.loop.addStick()];
  await using user = new AsyncDisposableStack();
  const onProgress = once('writing', async () => {
    const inUse = openSync(`${full.mounts()[0]!.path}/in-use`, 'w');
    user.defer(() => closeSync(inUse));
    await full.fill(0);
  });
  const run = scene.run(undefined, { onProgress });
  const { copies } = await scene.copyTo([full, good], { run, content: SOME });
  expect(copies).toMatchObject([{ failure: { code: 'NO_SPACE' } }, { failure: null }]);
});

test('copies go into folders too, and one on the disk of the system is warned of', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await using memory = await mountTmpfs('size=32m');
  await mkdir(scene.path('folder'));
  const report = await scene.copyTo([stick, memory.path, scene.path('folder')]);
  assertAllCopies(report);
  const [onStick, inMemory, inFolder] = report.copies;
  expect(inMemory).toMatchObject({ where: memory.path, medium: null, ejected: false });
  expect(inFolder).toMatchObject({ where: scene.path('folder'), medium: null });
  expect(await readdir(memory.path)).toEqual([onStick?.file]);
  const from = scene.path(`folder/${inFolder?.file ?? ''}`);
  expect((await stat(from)).mode & 0o777).toBe(0o600);
  await expect(verify({ from, withFactors: true }, scene.run())).resolves.toMatchObject({
    checked: 'everything',
  });
});

test('what comes from a pipe is sealed once, and copied as one', async () => {
  await using scene = await openMediaScene();
  const [black, white] = [await scene.loop.addStick(), await scene.loop.addStick()];
  async function* drip(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < SOME.length; at += 65_536) yield SOME.subarray(at, at + 65_536);
  }
  const report = await scene.copyTo([black, white], {
    source: sourceFromStdin(drip()),
    name: 'sso',
  });
  assertAllCopies(report);
  expect(report.copies[0]?.file).toMatch(/^sso-/);
  for (const stick of [black, white]) {
    expect((await restored(scene, stick)).equals(SOME)).toBe(true);
  }
});

test('a name that a file system would not take becomes one that every one takes', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  for (const [name, begins] of [
    ['../../con:secret*', /^con-secret-2/],
    ['日本', /^backup-2/],
  ] as const) {
    const { copies } = await scene.copyTo([stick], { name });
    expect(copies[0]?.file).toMatch(begins);
  }
  const { copies } = await scene.copyTo([stick], { discreet: true });
  expect(copies[0]?.file).toMatch(/^backup-2/);
});

test('the newest generations are kept on each stick, and older ones removed', async () => {
  await using scene = await openMediaScene();
  const [black, white] = [await scene.loop.addStick(), await scene.loop.addStick()];
  const first = await scene.copyTo([black]);
  using _later = openLater();
  const second = await scene.copyTo([black, white], { keep: 1 });
  const [old] = first.copies.map(({ file }) => file);
  expect(second.copies).toMatchObject([{ removed: [old] }, { removed: [] }]);
  expect(await filesOn(black)).toEqual([second.copies[0]?.file]);
});

/** Two backups of one second have no order. */
function openLater(): Disposable {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  return { [Symbol.dispose]: () => void vi.useRealTimers() };
}

test('an old generation that cannot be read costs the new copy nothing, and is not counted', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick({ fileSystem: 'btrfs' });
  await scene.copyTo([stick], { content: SOME });
  {
    // Its checksums tell btrfs that these are not the bytes that it wrote: reading them ends with EIO.
    await using mounted = await stick.openMounted('ro');
    const [file = ''] = await readdir(mounted.at('holdfast'));
    const bytes = await readFile(mounted.at(`holdfast/${file}`));
    await stick.alter(bytes.subarray(2 * MIB, 2 * MIB + 4096));
  }
  using _later = openLater();
  const report = await scene.copyTo([stick], { keep: 2 });
  assertAllCopies(report);
  expect(report.copies[0]).toMatchObject({ removed: [], warnings: [expect.any(String)] });
  expect(await filesOn(stick)).toHaveLength(2);
});

test('an old generation that may not be removed costs the new copy nothing, and is told', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await scene.copyTo([stick]);
  await using mounted = await stick.openMounted();
  const [file = ''] = await readdir(mounted.at('holdfast'));
  execFileSync('chattr', ['+i', mounted.at(`holdfast/${file}`)]);
  using _later = openLater();
  const report = await scene.copyTo([stick], { keep: 1 });
  assertAllCopies(report);
  expect(report.copies[0]).toMatchObject({ removed: [], warnings: [expect.any(String)] });
  expect(await readdir(mounted.at('holdfast'))).toHaveLength(2);
});

test('who cancels leaves no part on any stick, and no file that was sealed', async () => {
  await using scene = await openMediaScene();
  const [black, white] = [await scene.loop.addStick(), await scene.loop.addStick()];
  for (const phase of ['sealing', 'writing', 'reading back']) {
    const abort = new AbortController();
    const run = scene.run(undefined, {
      signal: abort.signal,
      onProgress: (progress) => {
        if (progress.phase === phase && (phase === 'sealing' || isCopy(progress))) abort.abort();
      },
    });
    await expect(scene.copyTo([black, white], { run, content: LARGE })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    for (const stick of [black, white]) {
      expect(stick.mounts()).toEqual([]);
      expect(await filesOn(stick)).toEqual([]);
    }
    expect(await readdir(scene.run().instance.folder)).not.toContainEqual(
      expect.stringContaining('sealing'),
    );
  }
});

test('a copy that was made before it was cancelled stands, and is told', async () => {
  await using scene = await openMediaScene();
  const [black, white] = [await scene.loop.addStick(), await scene.loop.addStick()];
  const abort = new AbortController();
  let copies = 0;
  const run = scene.run(undefined, {
    signal: abort.signal,
    onProgress: (progress) => {
      if (progress.phase === 'writing' && progress.done < MIB && ++copies === 2) abort.abort();
    },
  });
  const report = await scene.copyTo([black, white], { run });
  expect(report.copies).toMatchObject([{ failure: null }, { failure: { code: 'CANCELLED' } }]);
  expect(await filesOn(white)).toEqual([]);
});

test('a state folder without room for the sealed secret is named so, and nothing is copied', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  await using small = await mountTmpfs('size=1m');
  const instance = instanceAt({ folder: small.at('state') });
  const run = scene.run(undefined, { instance });
  await expect(scene.copyTo([stick], { run, content: SOME })).rejects.toMatchObject({
    code: 'NO_SPACE',
  });
  expect(await filesOn(stick)).toEqual([]);
});

test('progress tells of sealing, of writing each copy and of reading it back', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  const { seen, onProgress } = recorder();
  const { size } = await scene.copyTo([stick], {
    run: scene.run(undefined, { onProgress }),
    content: SOME,
  });
  const phases = [...new Set(seen.map(({ phase }) => phase))];
  expect(phases).toEqual(['sealing', 'reading back', 'writing']);
  expect(seen.at(-1)).toEqual({ phase: 'reading back', done: size, total: size });
});

test('a folder of backups that leads off the stick gets no copy', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  {
    await using mounted = await stick.openMounted();
    await mkdir(scene.path('elsewhere'));
    await symlink(scene.path('elsewhere'), mounted.at('holdfast'));
  }
  await expect(scene.copyTo([stick], { keep: 1 })).rejects.toMatchObject({
    code: 'MEDIUM_CHANGED',
  });
  expect(await readdir(scene.path('elsewhere'))).toEqual([]);
});

test('what lies on the stick besides stays as it is', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  {
    await using mounted = await stick.openMounted();
    await mkdir(mounted.at('holdfast'));
    await writeFile(mounted.at('holdfast/notes.txt'), 'mine');
    await writeFile(mounted.at('photo.jpg'), 'mine too');
  }
  assertAllCopies(await scene.copyTo([stick], { keep: 1 }));
  await using mounted = await stick.openMounted('ro');
  expect(await readFile(mounted.at('holdfast/notes.txt'), 'utf8')).toBe('mine');
  expect(await readFile(mounted.at('photo.jpg'), 'utf8')).toBe('mine too');
  expect(await readdir(mounted.at('holdfast'))).toHaveLength(2);
});

test('without anything that looks for media there are none to copy to', async () => {
  await using scene = await openMediaScene();
  const stick = await scene.loop.addStick();
  const run = scene.run(undefined, { media: undefined });
  await expect(scene.copyTo([stick], { run })).rejects.toMatchObject({
    code: 'MEDIA_UNSUPPORTED',
  });
});

test('where no copy is asked for nothing is said to be made', async () => {
  await using scene = await openMediaScene();
  await expect(scene.copyTo([])).rejects.toMatchObject({ code: 'USAGE' });
});
