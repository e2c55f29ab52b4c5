import type { CatalogEvent } from '@holdfast/catalog';
import { instanceAt } from '../../instance/instance.ts';
import { catalogAccess } from '../../record/catalog-access.ts';
import type { Run } from '../../run.ts';
import type { Scene } from '../../testing/scene.ts';
import type { ManagingRun } from '../managing.ts';

/**
 * Does some work as one process would, with a catalog that is opened for it and ended with it. `state` names another
 * state folder of the scene.
 */
export async function keeping<Result>(
  scene: Scene,
  work: (run: ManagingRun) => Promise<Result>,
  { state = 'state', ...more }: Partial<Run> & { readonly state?: string } = {},
): Promise<Result> {
  const instance = instanceAt({ folder: scene.path(state) });
  await using catalog = catalogAccess({ instance, surface: 'cli' });
  const { recorder } = catalog;
  return await work({ ...scene.run(undefined, { ...more, recorder }), instance, catalog });
}

/** Writes something into the catalog of the scene, each event in an act of its own. */
export async function record(scene: Scene, ...events: readonly CatalogEvent[]): Promise<void> {
  await keeping(scene, async ({ instance, catalog }) => {
    await instance.signer();
    for (const event of events) await catalog.recorder.record([event]);
  });
}
