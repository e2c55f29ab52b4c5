import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { removableMedia, type Media } from '../media.ts';
import { offer } from '../offer.ts';
import type { Disk, Medium } from '../ports.ts';
import { aDisk, aPart, mountedAt, toldSystem, type ToldSystem } from '../testing/disks.ts';
import { pass } from './timers.fixture.ts';
import { difference, type MediaEvent } from './watch-media.ts';

vi.mock('node:timers/promises', async () => (await import('./timers.fixture.ts')).promisedTimers());

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Watching extends AsyncDisposable {
  readonly media: Media;
  readonly system: ToldSystem;
  readonly events: string[];
  /** What media.changes() has given. */
  readonly lists: (readonly Medium[])[];
  /** Something on USB came or went. */
  gadget(): void;
  readonly abort: AbortController;
  /** Of both, how each ended. */
  readonly ended: Promise<unknown[]>;
}

async function openWatching(...disks: Disk[]): Promise<Watching> {
  const system = toldSystem(...disks);
  const media = removableMedia({ system });
  const abort = new AbortController();
  const { signal } = abort;
  const listeners: (() => void)[] = [];
  const listen = async (onEvent: () => void) => {
    listeners.push(onEvent);
    return async () => void listeners.splice(listeners.indexOf(onEvent), 1);
  };
  const [events, lists]: [string[], (readonly Medium[])[]] = [[], []];
  const watching = (async () => {
    for await (const it of media.watch({ signal, listen })) events.push(inWords(it));
  })();
  const changing = (async () => {
    for await (const all of media.changes({ signal, listen })) lists.push(all);
  })();
  const ended = Promise.all(
    [watching, changing].map(async (it) => await it.catch((cause: unknown) => cause)),
  );
  await pass(0);
  return {
    ...{ media, system, events, lists, abort, ended },
    gadget: () => listeners.forEach((it) => it()),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await ended;
      expect(listeners).toEqual([]);
    },
  };
}

const inWords = ({ kind, medium }: MediaEvent): string => `${kind} ${medium.node}`;
const STICK = aDisk();
const OTHER = aDisk({ node: '/dev/sdc', sequence: '8', serial: 'other' });

test('what is there is told at once to who asks for it, and is no event', async () => {
  await using watching = await openWatching(STICK);
  expect(watching.lists).toEqual([offer([STICK])]);
  expect(watching.events).toEqual([]);
});

test('a stick that comes and goes is told, within a second of an event', async () => {
  await using watching = await openWatching();
  watching.system.disks = [STICK];
  watching.gadget();
  await pass(1000);
  expect(watching.events).toEqual(['attached /dev/sdb']);
  watching.system.disks = [];
  watching.gadget();
  await pass(1000);
  expect(watching.events).toEqual(['attached /dev/sdb', 'detached /dev/sdb']);
  expect(watching.lists).toHaveLength(3);
});

test('where no events are to be had it is told a little later', async () => {
  await using watching = await openWatching();
  watching.system.disks = [STICK];
  await pass(3000);
  expect(watching.events).toEqual(['attached /dev/sdb']);
});

test('other gadgets come and go unseen', async () => {
  await using watching = await openWatching(STICK);
  for (let at = 0; at < 20; at += 1) {
    watching.gadget();
    await pass(500);
  }
  expect(watching.events).toEqual([]);
  expect(watching.lists).toHaveLength(1);
  // The list was asked for once by each of the two; whatever the gadgets do costs fingerprints only.
  expect(watching.system.asked.list).toBe(2);
});

test('what changes without any difference that counts is quiet', async () => {
  const part = aPart({ mounts: [mountedAt('/mnt')], free: 1000 });
  await using watching = await openWatching(aDisk({ parts: [part] }));
  for (let free = 999; free > 990; free -= 1) {
    watching.system.disks = [aDisk({ parts: [{ ...part, free }] })];
    await pass(5000);
  }
  expect(watching.events).toEqual([]);
  expect(watching.lists).toHaveLength(1);
});

test('nothing is asked more than a few times in a second, whatever goes on', async () => {
  await using watching = await openWatching(STICK);
  const before = { ...watching.system.asked };
  for (let at = 0; at < 1000; at += 1) {
    // A plug that is loose.
    watching.system.disks = at % 2 === 0 ? [] : [aDisk({ sequence: String(at) })];
    watching.gadget();
    await pass(10);
  }
  const asked = (what: 'list' | 'fingerprint'): number =>
    (watching.system.asked[what] - before[what]) / 2 / 10;
  expect(asked('fingerprint')).toBeLessThanOrEqual(5);
  expect(asked('list')).toBeLessThanOrEqual(5);
});

test('when nothing happens next to nothing is asked', async () => {
  await using watching = await openWatching(STICK);
  await pass(10_000);
  const before = { ...watching.system.asked };
  await pass(60_000);
  expect(watching.system.asked.list).toBe(before.list);
  expect(watching.system.asked.fingerprint - before.fingerprint).toBeLessThanOrEqual(2 * 30);
});

test('a stick that is still coming is told once it is all there', async () => {
  await using watching = await openWatching();
  // The disk is there first, then its partition, then what is on it.
  for (const parts of [[], [aPart({ fileSystem: null, label: null })], [aPart()]]) {
    watching.system.disks = [aDisk({ parts })];
    watching.gadget();
    await pass(249);
  }
  await pass(2000);
  expect(watching.events).toEqual(['attached /dev/sdb']);
  expect(watching.lists.at(-1)).toEqual(offer([STICK]));
});

test('a stick is told even where mounts come and go all the time', async () => {
  await using watching = await openWatching();
  let mounts = 0;
  watching.system.fingerprint = async () => String((mounts += 1));
  watching.system.disks = [STICK];
  watching.gadget();
  await pass(5000);
  expect(watching.events).toEqual(['attached /dev/sdb']);
});

test.each([
  ['under its old name', '/dev/sdb'],
  ['under another name', '/dev/sdc'],
])('a stick that was out between two looks, and came back %s, is another one', async (_, node) => {
  await using watching = await openWatching(STICK);
  watching.system.disks = [aDisk({ node, sequence: '9' })];
  await pass(5000);
  expect(watching.events).toEqual(['detached /dev/sdb', `attached ${node}`]);
});

test('what is mounted, formatted or write-protected has changed', async () => {
  await using watching = await openWatching(STICK, OTHER);
  for (const change of [
    { parts: [aPart({ mounts: [mountedAt('/mnt')] })] },
    { parts: [aPart({ fileSystem: 'ext4', label: 'NEW' })] },
    { readOnly: true },
  ]) {
    watching.system.disks = [aDisk(change), OTHER];
    await pass(5000);
    expect(watching.events.splice(0)).toEqual(['changed /dev/sdb']);
  }
});

test('who cancels gets CANCELLED at once, and no timer is left', async () => {
  await using watching = await openWatching(STICK);
  await pass(100);
  watching.abort.abort();
  expect(await watching.ended).toMatchObject([{ code: 'CANCELLED' }, { code: 'CANCELLED' }]);
  expect(vi.getTimerCount()).toBe(0);
});

test('who has cancelled already sees nothing', async () => {
  const system = toldSystem(STICK);
  const changes = removableMedia({ system }).changes({ signal: AbortSignal.abort() });
  await expect(changes[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(system.asked).toEqual({ list: 0, fingerprint: 0 });
});

test('who has seen enough leaves no timer and nothing that listens', async () => {
  let listening = 0;
  const listen = async () => {
    listening += 1;
    return async () => void (listening -= 1);
  };
  for await (const all of removableMedia({ system: toldSystem(STICK) }).changes({ listen })) {
    expect(all).toHaveLength(1);
    break;
  }
  expect(listening).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a system that fails ends the watch as it is', async () => {
  const system = toldSystem(STICK);
  const failing = { ...system, list: async () => await Promise.reject(new Error('no lsblk')) };
  const changes = removableMedia({ system: failing }).changes({
    listen: async () => async () => undefined,
  });
  await expect(changes[Symbol.asyncIterator]().next()).rejects.toThrow('no lsblk');
  expect(vi.getTimerCount()).toBe(0);
});

test('the difference tells what went before what came', () => {
  const events = [...difference(offer([STICK, OTHER]), offer([aDisk({ sequence: '9' }), OTHER]))];
  expect(events.map(inWords)).toEqual(['detached /dev/sdb', 'attached /dev/sdb']);
  expect([...difference(offer([STICK]), offer([STICK]))]).toEqual([]);
});
