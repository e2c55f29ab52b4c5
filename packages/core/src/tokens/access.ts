import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleSetting, PinSource, Tokens } from '@holdfast/token';
import { destinationError, isSystemError } from '@holdfast/media/durable';
import type { Instance } from '../instance/instance.ts';
import type { Recorder } from '../ports.ts';
import { recordedTokens } from './recorded.ts';

const FOLDER = 'tokens';

export interface TokenAccessSettings {
  /** Those to use, and no others; with none, those found in their usual places. */
  readonly modules: readonly ModuleSetting[];
  /** Names for keys, as RFC 7512 URIs. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Enrolments, and what is remembered of wrong PINs, lie in its state folder. */
  readonly instance: Instance;
  readonly pins: PinSource;
  /** Keeps what is done to keys and enrolments; without it, nothing is recorded. */
  readonly recorder?: Recorder | undefined;
}

/** The tokens as many share them: whoever made the access ends them. */
export type SharedTokens = Omit<Tokens, typeof Symbol.asyncDispose>;

/** The way to the tokens. Disposing it ends what was begun: modules, and the sessions logged in there. */
export interface TokenAccess extends AsyncDisposable {
  /** The same ones every time. The code for tokens is loaded at the first call, and no module before it is needed. */
  open(): Promise<SharedTokens>;
}

/** One that several people use. */
export interface CommonTokenAccess extends TokenAccess {
  /** The same tokens; what is done to keys and enrolments is told to this recorder. Disposing it changes nothing. */
  recordedBy(recorder: Recorder): TokenAccess;
}

/** Touches and loads nothing until it is opened. */
export function tokenAccess(settings: TokenAccessSettings): CommonTokenAccess {
  const { modules, aliases, instance, pins, recorder } = settings;
  const folder = join(instance.folder, FOLDER);
  const held = new AsyncDisposableStack();
  let opened: Promise<Tokens> | undefined;

  async function begin(): Promise<Tokens> {
    const { openTokens } = await import('@holdfast/token');
    const prepareFolder = async (): Promise<{ gid: number | null; fileMode: number }> =>
      await prepare(instance, folder);
    return held.use(openTokens({ modules, aliases, folder, pins, prepareFolder }));
  }

  function recordedBy(recorder: Recorder | undefined): CommonTokenAccess {
    let recorded: Tokens | undefined;
    return {
      async open() {
        opened ??= begin();
        const tokens = await opened;
        if (recorder === undefined) return tokens;
        recorded ??= recordedTokens(tokens, recorder);
        return recorded;
      },
      recordedBy,
      [Symbol.asyncDispose]: async () => {
        // Whoever made the access ends it.
      },
    };
  }

  return {
    ...recordedBy(recorder),
    [Symbol.asyncDispose]: async () => {
      // What is being opened at this moment is ended too.
      await opened?.catch(() => undefined);
      await held.disposeAsync();
    },
  };
}

async function prepare(
  instance: Instance,
  folder: string,
): Promise<{ gid: number | null; fileMode: number }> {
  await instance.ensureFolder();
  const { gid, fileMode, folderMode } = await instance.permissions();
  try {
    await mkdir(folder, 0o700);
    if (gid !== null) await chown(folder, -1, gid);
    await chmod(folder, folderMode);
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST')) throw await destinationError(cause, folder);
  }
  return { gid, fileMode };
}
