import { openSync } from 'node:fs';
import type { Secret } from '@holdfast/core';

/** How often a person is asked for one password. */
export const ATTEMPTS = 3;

/** Asks a person. Everything goes to standard error or the terminal itself, never to standard output. */
export interface Terminal extends Disposable {
  /** Typed without an echo but for stars. The result is the caller's to dispose. */
  password(label: string): Promise<Secret>;
  line(label: string): Promise<string>;
  say(text: string): void;
}

interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * The terminal that a person sits at, or `null`. It is standard input and standard error; when the secret
 * itself comes on standard input (`contentOnStdin`), or standard error goes to a file, the controlling
 * terminal stands in for it.
 */
export async function openTerminal(options: {
  signal: AbortSignal;
  contentOnStdin?: boolean;
}): Promise<Terminal | null> {
  const { contentOnStdin = false, signal } = options;
  if (!process.stdin.isTTY && !contentOnStdin) return null;
  const streams = await findStreams();
  if (streams === null) return null;
  const context = { input: streams.input, output: streams.output, signal };
  return {
    async password(label) {
      const { default: ask } = await import('@inquirer/password');
      const { Secret } = await import('@holdfast/core');
      return Secret.fromText(
        await answered(
          ask({ message: ':', mask: '*', toggleMask: false, theme: themed(label) }, context),
        ),
      );
    },
    async line(label) {
      const { default: ask } = await import('@inquirer/input');
      return await answered(ask({ message: ':', theme: themed(label) }, context));
    },
    say(text) {
      streams.output.write(`${text}\n`);
    },
    [Symbol.dispose]: () => {
      if (streams.input !== process.stdin) streams.input.destroy();
      if (streams.output !== process.stderr) streams.output.destroy();
    },
  };
}

/** "Password : ***", as the ancestor wrote it; the label takes the place of inquirer's question mark. */
function themed(label: string): {
  prefix: { idle: string; done: string };
  style: { message: (text: string) => string; answer: (text: string) => string };
} {
  const plain = (text: string): string => text;
  return { prefix: { idle: label, done: label }, style: { message: plain, answer: plain } };
}

async function answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Error && /^(ExitPrompt|AbortPrompt|CancelPrompt)Error$/.test(cause.name)) {
      const { HoldfastError } = await import('@holdfast/core');
      throw new HoldfastError(
        'CANCELLED',
        'cancelled',
        'Run the command again when you are ready.',
        {
          cause,
        },
      );
    }
    throw cause;
  }
}

async function findStreams(): Promise<Streams | null> {
  if (process.stdin.isTTY && process.stderr.isTTY) {
    return { input: process.stdin, output: process.stderr };
  }
  const { ReadStream, WriteStream } = await import('node:tty');
  try {
    const input = process.stdin.isTTY ? process.stdin : new ReadStream(openSync('/dev/tty', 'r'));
    const output = process.stderr.isTTY
      ? process.stderr
      : new WriteStream(openSync('/dev/tty', 'w'));
    return { input, output };
  } catch {
    return null;
  }
}
