import type { Catalog } from '@holdfast/catalog';
import type { CatalogAccess } from '../record/catalog-access.ts';
import type { Run } from '../run.ts';

/** For what a person keeps in the catalog on purpose: it is the act itself here, not the record of one. */
export type ManagingRun = Run & { readonly catalog: CatalogAccess };

/**
 * Opens the catalog to be changed, and makes the instance first where there is none: nothing is recorded without
 * one.
 *
 * @throws as `CatalogAccess.open` and `Instance.signer`
 */
export async function openForManaging({ instance, catalog }: ManagingRun): Promise<Catalog> {
  await instance.signer();
  return await catalog.open();
}
