import { readdir } from 'node:fs/promises';
import { removableMedia } from '@holdfast/media';
import { openLoopMedia, type LoopMedia, type Stick } from '@holdfast/media/testing';
import type { Run } from '../../run.ts';
import { sourceFromFile } from '../../sources/index.ts';
import { openScene, withPassword, PASSWORD, type Scene } from '../../testing/scene.ts';
import {
  backupToMedia,
  type CopiesReport,
  type CopiesRequest,
  type CopyTarget,
} from '../copies.ts';

/** A scene with real sticks, as far as they can be had without USB. Takes root. */
export interface MediaScene extends Scene {
  readonly loop: LoopMedia;
  /** Copies `content` to these sticks, in that order. */
  copyTo(
    targets: readonly (Stick | string)[],
    options?: Partial<CopiesRequest> & { readonly content?: string | Uint8Array; run?: Run },
  ): Promise<CopiesReport>;
}

export async function openMediaScene(): Promise<MediaScene> {
  await using stack = new AsyncDisposableStack();
  const loop = stack.use(await openLoopMedia());
  const scene = stack.use(await openScene());
  const media = removableMedia({ system: loop.system });
  const held = stack.move();
  const run: Scene['run'] = (factors = withPassword(PASSWORD), more = {}) =>
    scene.run(factors, { media, ...more });
  return {
    ...scene,
    loop,
    run,
    async copyTo(targets, { content = 'the secret', run: other, ...more } = {}) {
      const source = sourceFromFile(await scene.file('secret.json', content));
      const to = await Promise.all(targets.map(targetOf));
      const request = { source, envelopes: ['password'], workFactor: 2, eject: false };
      return await backupToMedia({ ...request, to, ...more }, other ?? run());
    },
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

export async function targetOf(target: Stick | string): Promise<CopyTarget> {
  return typeof target === 'string'
    ? { kind: 'folder', path: target }
    : { kind: 'medium', chosen: await target.chosen() };
}

/** What lies in the folder of backups on a stick. */
export async function filesOn(stick: Stick): Promise<string[]> {
  await using mounted = await stick.openMounted('ro');
  return await readdir(mounted.at('holdfast')).catch(() => []);
}
