import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type {
  Actor,
  Catalog,
  OpenCatalog,
  CatalogEvent,
  CatalogPlace,
  RecordedEvent,
} from '@holdfast/catalog';
import { HoldfastError } from '@holdfast/age';
import { isSystemError, lstatOrNull } from '@holdfast/media/durable';
import type { Instance } from '../instance/instance.ts';
import type { CustodianBook, Recorder } from '../ports.ts';
import { actorAt } from './actor.ts';
import { journalIn, type Journal } from './journal.ts';
import { keepHead, readKeptHead } from './kept-head.ts';

const CATALOG_FILE = 'catalog.db';
export const AUDIT_NAMESPACE = 'holdfast-audit';

export interface CatalogSettings {
  readonly instance: Instance;
  /** Of PostgreSQL; without it, the catalog is a file in the state folder. */
  readonly url?: string | null | undefined;
  /** Through what people act: `cli`, `http`. */
  readonly surface: string;
  /** Who acts, where that is not who runs this process. */
  readonly actor?: Pick<Actor, 'who' | 'from'> | undefined;
}

/** The catalog of an instance, opened at its first use; and what is written down for it meanwhile. */
export interface CatalogAccess extends AsyncDisposable {
  /**
   * With everything that the journal had for it. The result is not the caller's to dispose.
   *
   * @throws CATALOG_DAMAGED, CATALOG_LOST, CATALOG_BUSY, CATALOG_TOO_NEW, CATALOG_UNREACHABLE, ACCESS_DENIED
   */
  open(): Promise<Catalog>;
  /** `null` where there is none yet: nothing is made only to be looked at. @throws as `open` */
  openIfThere(): Promise<Catalog | null>;
  readonly place: CatalogPlace;
  readonly recorder: Recorder;
  readonly custodians: CustodianBook;
  /** The same catalog, for what somebody else does; disposing it changes nothing. */
  as(actor: Pick<Actor, 'who' | 'from'>): CatalogAccess;
  /** Signs the head of the audit chain, if anything was recorded since that was done last. Fails nothing. */
  sign(): Promise<void>;
}

/** Touches nothing until it is used. Disposing signs the head of the audit chain when anything was recorded. */
export function catalogAccess({ instance, url, surface, actor }: CatalogSettings): CatalogAccess {
  const { folder } = instance;
  const place: CatalogPlace =
    typeof url === 'string'
      ? { kind: 'postgres', url }
      : { kind: 'sqlite', path: join(folder, CATALOG_FILE) };
  const journal = journalIn(folder, async () => await instance.permissions());
  let opening: Promise<OpenCatalog> | null = null;
  let recorded = false;

  async function openNow(): Promise<OpenCatalog> {
    await instance.ensureFolder();
    const { fileMode, gid } = await instance.permissions();
    const { openCatalog } = await import('@holdfast/catalog');
    // Where a head was kept, there was a catalog: an empty one in its place would hide that it is gone.
    const create = (await readKeptHead(folder)) === null;
    const withModes = place.kind === 'sqlite' ? { ...place, mode: fileMode, gid } : place;
    await using resources = new AsyncDisposableStack();
    const catalog = resources.use(await openCatalog(withModes, { create }));
    if (await takeIn(journal, catalog)) recorded = true;
    resources.move();
    return catalog;
  }

  const open = async (): Promise<Catalog> => {
    opening ??= openNow();
    try {
      return await opening;
    } catch (cause) {
      // The next use tries again.
      opening = null;
      throw cause;
    }
  };

  async function keep(
    events: readonly RecordedEvent[],
    cause: unknown,
    warnings: string[],
  ): Promise<void> {
    const why = cause instanceof Error ? cause.message : String(cause);
    try {
      await instance.ensureFolder();
      await journal.keep(events);
      warnings.push(`not in the catalog yet, but kept for it: ${why}`);
    } catch (second) {
      const and = second instanceof Error ? second.message : String(second);
      warnings.push(`not recorded: ${why}; and the journal: ${and}`);
    }
  }

  async function attributed(
    events: readonly CatalogEvent[],
    actor: CatalogSettings['actor'],
  ): Promise<readonly RecordedEvent[]> {
    const { signer } = await instance.signer();
    const who: Actor = { ...actorAt(surface, signer.fingerprint), ...actor };
    const time = new Date().toISOString();
    return events.map((event) => ({ id: randomUUID(), time, actor: who, event }));
  }

  function recorderFor(actor: CatalogSettings['actor']): Recorder {
    const warnings: string[] = [];
    return {
      warnings,
      async record(events) {
        // A restore on a machine that has no instance makes none, only to remember it.
        if (events.length === 0 || !(await instance.isMade())) return;
        let ready: readonly RecordedEvent[];
        try {
          ready = await attributed(events, actor);
        } catch (cause) {
          if (!isExpected(cause)) throw cause;
          warnings.push(`not recorded: ${cause.message}`);
          return;
        }
        try {
          await (await open()).record(ready);
          recorded = true;
        } catch (cause) {
          if (!isExpected(cause)) throw cause;
          await keep(ready, cause, warnings);
        }
      },
    };
  }

  async function sign(): Promise<void> {
    const catalog = await opening?.catch(() => null);
    if (!catalog || !recorded) return;
    recorded = false;
    await signHead(catalog, instance);
  }

  const access: CatalogAccess = {
    place,
    recorder: recorderFor(actor),
    open,
    sign,
    as: (other) => ({
      ...access,
      recorder: recorderFor(other),
      [Symbol.asyncDispose]: async () => {
        // Whoever opened the catalog ends it.
      },
    }),
    async openIfThere() {
      await instance.assertAccess();
      if (opening === null && place.kind === 'sqlite') {
        const there =
          (await lstatOrNull(place.path)) !== null ||
          (await readKeptHead(folder)) !== null ||
          (await journal.pending()).length > 0;
        if (!there) return null;
      }
      return await open();
    },
    custodians: {
      async find(name) {
        const catalog = await open();
        const found = (await catalog.custodians()).find((it) => it.name === name);
        return found?.removedAt === null ? found : null;
      },
    },
    async [Symbol.asyncDispose]() {
      const catalog = await opening?.catch(() => null);
      if (!catalog) return;
      await using _ = catalog;
      await sign();
      opening = null;
    },
  };
  return access;
}

/** What the journal holds is older than what comes now: it goes first, in its order. */
async function takeIn(journal: Journal, catalog: Catalog): Promise<boolean> {
  const pending = await journal.pending();
  for (const entry of pending) {
    await catalog.record(entry.events);
    await entry.drop();
  }
  return pending.length > 0;
}

/** A head that is not signed today is signed tomorrow: nothing that was done fails for it. */
async function signHead(catalog: Catalog, instance: Instance): Promise<void> {
  try {
    const { sign } = await instance.signer();
    const head = await catalog.signHead({ sign: (message) => sign(message, AUDIT_NAMESPACE) });
    if (head !== null) await keepHead(instance.folder, head, await instance.permissions());
  } catch (cause) {
    if (!isExpected(cause)) throw cause;
  }
}

function isExpected(cause: unknown): cause is Error {
  return cause instanceof HoldfastError || isSystemError(cause);
}
