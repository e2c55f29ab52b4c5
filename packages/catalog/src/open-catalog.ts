import type { Engine } from './engine.ts';
import type { CatalogPlace, OpenCatalogOptions } from './place.ts';
import type { OpenCatalog } from './ports.ts';

const BUSY_TIMEOUT = 10_000;

/**
 * Opens the catalog at a place, or makes it there. Nothing of a database is loaded before.
 *
 * @throws CATALOG_LOST, CATALOG_DAMAGED, CATALOG_BUSY, CATALOG_TOO_NEW, CATALOG_UNWRITABLE, CATALOG_UNREACHABLE
 */
export async function openCatalog(
  place: CatalogPlace,
  { create, busyTimeout = BUSY_TIMEOUT }: OpenCatalogOptions,
): Promise<OpenCatalog> {
  const { prepareSchema } = await import('./schema/prepare-schema.ts');
  const { catalogIn } = await import('./catalog-in.ts');
  await using resources = new AsyncDisposableStack();
  const engine = resources.use(await openEngine(place, { create, busyTimeout }));
  await prepareSchema(engine, create);
  resources.move();
  return catalogIn(engine);
}

async function openEngine(
  place: CatalogPlace,
  options: { readonly create: boolean; readonly busyTimeout: number },
): Promise<Engine> {
  if (place.kind === 'sqlite') {
    const { openSqlite } = await import('./sqlite/open-sqlite.ts');
    return await openSqlite(place, options);
  }
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  return await openPostgres(place.url, options.busyTimeout);
}
