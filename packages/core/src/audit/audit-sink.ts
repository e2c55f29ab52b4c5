import { open, type FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { destinationError, mediaError, openStagedFile } from '@holdfast/media/durable';
import { isGone, writeAll } from '../targets/write-all.ts';

/** Where an exported audit log goes, line by line. */
export interface AuditSink extends AsyncDisposable {
  /** In words: a path, "standard output", "syslog at HOST". */
  readonly where: string;
  write(line: string): Promise<void>;
  /** To be called after the last line: nothing counts before it resolves. */
  finish(): Promise<void>;
}

const AT_ONCE = 64 * 1024;

/** A file of lines, durable, and named only when it is whole. @throws what staging a file throws */
export async function openFileSink(
  path: string,
  options: { readonly replace: 'refuse' | 'overwrite'; readonly signal?: AbortSignal | undefined },
): Promise<AuditSink> {
  const { replace, signal } = options;
  await using resources = new AsyncDisposableStack();
  const staged = resources.use(await openStagedFile(path, { replace, ...(signal && { signal }) }));
  const file: FileHandle = resources.use(await open(staged.temporaryPath, 'r+'));
  const lines = gathered(async (text) => {
    try {
      await file.writeFile(text);
    } catch (cause) {
      throw await destinationError(cause, path, { witness: staged.temporaryPath });
    }
  });
  const held = resources.move();
  return {
    where: staged.path,
    write: lines.write,
    async finish() {
      await lines.flush();
      await staged.commit();
    },
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

/** A stream, which stays the caller's to end. @throws DESTINATION_LOST when nobody reads on */
export function openStreamSink(stream: Writable, where: string, signal?: AbortSignal): AuditSink {
  const lines = gathered(async (text) => {
    try {
      await writeAll(once(Buffer.from(text)), stream, signal);
    } catch (cause) {
      if (!isGone(cause)) throw cause;
      throw mediaError('DESTINATION_LOST', `${where} was closed before the end`, { cause });
    }
  });
  return {
    where,
    write: lines.write,
    finish: lines.flush,
    [Symbol.asyncDispose]: async () => {
      await Promise.resolve();
    },
  };
}

/** A write for each line would cost more than the lines do. */
export function gathered(put: (text: string) => Promise<void>): {
  readonly write: (line: string) => Promise<void>;
  readonly flush: () => Promise<void>;
} {
  let text = '';
  const flush = async (): Promise<void> => {
    const whole = text;
    text = '';
    if (whole !== '') await put(whole);
  };
  return {
    async write(line) {
      text += `${line}\n`;
      if (text.length >= AT_ONCE) await flush();
    },
    flush,
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
