import { expect, test } from 'vitest';

import { removableMedia } from '../media.ts';
import { openLoopMedia } from '../testing/loop-media.ts';
import type { ListenToUsb } from './pulse.ts';
import type { MediaEvent } from './watch-media.ts';

test('sticks that really come, are mounted, go, and come back elsewhere are told in order', async () => {
  await using loop = await openLoopMedia();
  const stick = await loop.addStick({ plugged: false });
  const looked = Promise.withResolvers<undefined>();
  const list = async (signal?: AbortSignal) => {
    const disks = await loop.system.list(signal);
    looked.resolve(undefined);
    return disks;
  };
  const media = removableMedia({ system: { ...loop.system, list } });
  let event = (): void => undefined;
  const listen: ListenToUsb = async (onEvent) => {
    event = onEvent;
    return async () => undefined;
  };
  const abort = new AbortController();
  const events = media.watch({ listen, signal: abort.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<MediaEvent> =>
    ((await events.next()) as { value: MediaEvent }).value;

  const attached = next();
  await looked.promise;
  const first = await stick.plug().then(() => stick.node());
  event();
  expect(await attached).toMatchObject({ kind: 'attached', medium: { node: first } });
  {
    await using mounted = await stick.openMounted();
    event();
    expect(await next()).toMatchObject({
      kind: 'changed',
      medium: { node: first, volumes: [{ mounts: [{ path: mounted.path }] }] },
    });
  }
  event();
  expect(await next()).toMatchObject({ kind: 'changed', medium: { volumes: [{ mounts: [] }] } });
  await stick.replug();
  event();
  const [gone, back] = [await next(), await next()];
  expect(gone).toMatchObject({ kind: 'detached', medium: { node: first } });
  expect(back).toMatchObject({ kind: 'attached', medium: { node: stick.node() } });
  expect(back.medium.node).not.toBe(first);
  abort.abort();
  await expect(events.next()).rejects.toMatchObject({ code: 'CANCELLED' });
});
