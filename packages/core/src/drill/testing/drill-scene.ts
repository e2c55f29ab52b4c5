import { randomBytes } from 'node:crypto';
import { catalogAccess, type CatalogAccess } from '../../record/catalog-access.ts';
import type { AuditEntry } from '@holdfast/catalog';
import type { FactorSource } from '../../ports.ts';
import type { Run } from '../../run.ts';
import { openScene, PASSWORD, withPassword, type Scene } from '../../testing/scene.ts';
import { drill, type DrillReport, type DrillRequest } from '../drill.ts';

/** A scene with a catalog, in which one drills. */
export interface DrillScene extends Scene {
  readonly catalog: CatalogAccess;
  drill(
    from: string,
    more?: Partial<DrillRequest>,
    factors?: FactorSource,
    other?: Partial<Run>,
  ): Promise<DrillReport>;
  /** Action and outcome of every entry so far that is about drills, copies or live secrets. */
  told(): Promise<readonly string[]>;
  entries(): Promise<readonly AuditEntry[]>;
}

export async function openDrillScene(): Promise<DrillScene> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await openScene());
  const { instance } = scene.run();
  const catalog = stack.use(catalogAccess({ instance, surface: 'cli' }));
  const { recorder, custodians } = catalog;
  const held = stack.move();
  const run: Scene['run'] = (factors = withPassword(PASSWORD), more = {}) =>
    scene.run(factors, { catalog, recorder, custodians, ...more });
  const entries = async (): Promise<readonly AuditEntry[]> => {
    const all: AuditEntry[] = [];
    for await (const entry of (await catalog.open()).entries()) all.push(entry);
    return all;
  };
  return {
    ...scene,
    ...{ catalog, run, entries },
    backup: async (content, more, other = run()) => await scene.backup(content, more, other),
    async drill(path, more = {}, factors = withPassword(PASSWORD), other = {}) {
      const from = { kind: 'file', path } as const;
      return await drill({ from, which: { kind: 'any' }, ...more }, run(factors, other));
    },
    async told() {
      return (await entries())
        .map(({ event }) => event)
        .filter(({ action }) => /^(?:drill|copy|secret\.observe|job\.end)/.test(action))
        .map(({ action, outcome }) => `${action} ${outcome}`);
    },
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

/** What no receipt, catalog or file of the state folder may hold. */
export const CONTENT = `the master secret ${randomBytes(16).toString('hex')}`;
