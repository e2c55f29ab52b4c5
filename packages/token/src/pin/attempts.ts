import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfCancelled } from '@holdfast/age';
import { tokenError } from '../errors.ts';
import type { RequestOptions, TokenInfo } from '../ports.ts';
import { createFile, replaceFile } from '../records/durable-file.ts';
import {
  folderError,
  isSystemError,
  prepareTokenFolder,
  type TokenFolder,
} from '../records/token-folder.ts';
import { isRunning, thisProcess, type ProcessStamp } from './running-process.ts';

const PATIENCE_MILLISECONDS = 120_000;

type TokenName = Pick<TokenInfo, 'label' | 'serial' | 'manufacturer'>;

/** A try that is recorded. Disposed of without more, it stays as one that went wrong. */
export interface Attempt extends AsyncDisposable {
  /** The PIN was right: forgets this one and all before it. */
  succeeded(): Promise<void>;
  /** No PIN was tried: forgets this one. */
  untried(): Promise<void>;
}

/**
 * The logins that did not succeed, one file each, made before the PIN is given to the token: a crash leaves it
 * there. Its name is taken exclusively, so that of several processes one is at a token at a time. Nothing in
 * it comes from a PIN.
 */
export class Attempts {
  readonly #place: TokenFolder;

  constructor(place: TokenFolder) {
    this.#place = place;
  }

  /** How many are remembered, one that is under way in another process not counted. */
  async failures(token: TokenName): Promise<number> {
    const recorded = await this.#recorded(token);
    return recorded.filter(({ underWay }) => !underWay).length;
  }

  /**
   * Records a try once no other one is under way; `assertAllowed` then gets the number of those that failed
   * and may refuse it. Throws TOKEN_BUSY, STATE_INVALID, CANCELLED and what `assertAllowed` throws.
   */
  async openAttempt(
    token: TokenName,
    assertAllowed: (failures: number) => Promise<void>,
    { signal }: RequestOptions,
  ): Promise<Attempt> {
    const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    for (;;) {
      throwIfCancelled(signal);
      const before = await this.#recorded(token);
      if (!before.some(({ underWay }) => underWay)) {
        await assertAllowed(before.length);
        const attempt = await this.#claim(
          token,
          Math.max(0, ...before.map((one) => one.number)) + 1,
        );
        if (attempt !== null) return attempt;
      }
      if (patience.aborted) {
        throw tokenError('TOKEN_BUSY', `another login to the token "${token.label}" does not end`);
      }
      // Not in step with whoever else waits.
      await sleep(20 + Math.random() * 60);
    }
  }

  /** `null` when someone else was first. */
  async #claim(token: TokenName, number: number): Promise<Attempt | null> {
    const access = await prepareTokenFolder(this.#place);
    const path = join(this.#place.folder, `${prefixOf(token)}${number}.attempt`);
    const { label, serial, manufacturer } = token;
    const record = {
      token: { label, serial, manufacturer },
      begun: new Date().toISOString(),
      process: await thisProcess(),
    };
    const write = (over: boolean): string => `${JSON.stringify({ ...record, over }, null, 2)}\n`;
    if (!(await createFile(path, write(false), access))) return null;
    const others = (await this.#recorded(token)).filter((one) => one.path !== path);
    if (others.some(({ underWay }) => underWay)) {
      // It saw other files than this one did, while a third cleared them: both begin again.
      await rm(path, { force: true });
      return null;
    }
    let settled = false;
    // A removal that a power cut undoes leaves one failure too many: that is safe, so nothing is synced.
    const forget = async (...paths: readonly string[]): Promise<void> => {
      try {
        for (const one of paths) await rm(one, { force: true });
      } catch (cause) {
        throw folderError(this.#place.folder, cause);
      }
      settled = true;
    };
    return {
      // Its own goes last: until then nobody else begins.
      succeeded: async () => await forget(...others.map((one) => one.path), path),
      // Where it cannot be forgotten it counts, and the caller has an error to tell already.
      untried: async () => await forget(path).catch(() => undefined),
      [Symbol.asyncDispose]: async () => {
        // What went wrong before is the error to tell. Unless it says that it is over, this process holds it.
        if (!settled) await replaceFile(path, write(true), access).catch(() => undefined);
      },
    };
  }

  async #recorded(token: TokenName): Promise<readonly RecordedAttempt[]> {
    const { folder } = this.#place;
    try {
      const names = await readdir(folder);
      const prefix = prefixOf(token);
      const recorded = await Promise.all(
        names
          .filter((name) => name.startsWith(prefix) && name.endsWith('.attempt'))
          .map(async (name) => await readAttempt(join(folder, name), name.slice(prefix.length))),
      );
      return recorded.filter((one) => one !== null);
    } catch (cause) {
      if (isSystemError(cause, 'ENOENT')) return [];
      throw folderError(folder, cause);
    }
  }
}

interface RecordedAttempt {
  readonly path: string;
  readonly number: number;
  /** Its process may be giving a PIN to the token right now. */
  readonly underWay: boolean;
}

/** `null` when it went meanwhile. One that cannot be read counts as a failure. */
async function readAttempt(path: string, name: string): Promise<RecordedAttempt | null> {
  const number = Number.parseInt(name, 10) || 0;
  try {
    const stamp = stampOf(await readFile(path, 'utf8'));
    return { path, number, underWay: stamp !== null && (await isRunning(stamp)) };
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return null;
    throw cause;
  }
}

/** Who is at it; `null` when it is over. */
function stampOf(text: string): ProcessStamp | null {
  try {
    const { over, process } = JSON.parse(text) as { over?: unknown; process?: ProcessStamp };
    const { pid, since } = process ?? {};
    if (over !== false || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) {
      return null;
    }
    return { pid, since: typeof since === 'string' ? since : null };
  } catch {
    return null;
  }
}

function prefixOf({ label, serial, manufacturer }: TokenName): string {
  const name = JSON.stringify([manufacturer, label, serial]);
  return `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.`;
}
