import type { StreamTarget } from '@holdfast/core';

/** What fits on a terminal before nobody reads it any more. */
const LIMIT = 64 * 1024;

/** A terminal as a target: it takes text, and refuses bytes that would garble it. */
export function toTerminal(stream: NodeJS.WritableStream): StreamTarget {
  return {
    kind: 'stream',
    where: 'the terminal',
    accepts: ['file'],
    async consume(plaintext) {
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of plaintext) {
        size += part.length;
        if (size > LIMIT) throw await refusal('it is larger than a terminal shows');
        parts.push(Uint8Array.from(part));
      }
      const whole = Buffer.concat(parts);
      for (const part of parts) part.fill(0);
      if (!isPrintable(whole)) {
        whole.fill(0);
        throw await refusal('it is binary, not text');
      }
      await new Promise<void>((resolve, reject) => {
        stream.write(whole, (cause?: Error | null) => {
          whole.fill(0);
          if (cause) reject(cause);
          else resolve();
        });
      });
      return null;
    },
  };
}

/** Text of one or more lines, without anything that a terminal would obey. */
export function isPrintable(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text);
  } catch {
    return false;
  }
}

/** A text from outside, such as a token's label, without anything that a terminal or a file of lines would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

async function refusal(why: string): Promise<Error> {
  const { HoldfastError } = await import('@holdfast/core');
  return new HoldfastError(
    'DESTINATION_INVALID',
    `the secret is not shown on the terminal: ${why}`,
    'Send it to a file or into a pipe, or insist with --force.',
  );
}
