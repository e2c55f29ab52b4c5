import { randomUUID } from 'node:crypto';
import type { Catalog, CatalogEvent } from '@holdfast/catalog';
import { catalogAccess, type CatalogAccess } from '../../record/catalog-access.ts';
import type { Run } from '../../run.ts';
import { openScene, type Scene } from '../../testing/scene.ts';
import type { StatusReport } from '../report.ts';
import { status, type StatusRequest } from '../status.ts';

/** An instance with a real catalog, and its status. */
export interface House extends AsyncDisposable {
  readonly scene: Scene;
  /** Runs a use case of which the catalog is told, as a command would. */
  act<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  /** Records what happened at any time. */
  tell(time: string, ...events: readonly CatalogEvent[]): Promise<void>;
  status(request?: StatusRequest, now?: number): Promise<StatusReport>;
}

export async function openHouse(): Promise<House> {
  await using resources = new AsyncDisposableStack();
  const scene = resources.use(await openScene());
  const { instance } = scene.run();
  await instance.signer();

  async function withCatalog<Result>(
    work: (access: CatalogAccess, run: Run) => Promise<Result>,
  ): Promise<Result> {
    await using access = catalogAccess({ instance, surface: 'cli' });
    const { recorder, custodians } = access;
    return await work(access, scene.run(undefined, { catalog: access, recorder, custodians }));
  }

  const kept = resources.move();
  return {
    scene,
    act: async (work) => await withCatalog(async (_, run) => await work(run)),
    async tell(time, ...events) {
      const actor = { who: 'ann', from: 'test', instance: 'SHA256:own' };
      await withCatalog(async (access) => {
        const catalog: Catalog = await access.open();
        await catalog.record(events.map((event) => ({ id: randomUUID(), time, actor, event })));
      });
    },
    status: async (request = {}, now = Date.now()) =>
      await withCatalog(async (_, run) => await status(request, run, now)),
    async [Symbol.asyncDispose]() {
      await kept.disposeAsync();
    },
  };
}
