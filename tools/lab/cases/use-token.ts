import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

import type { Guest } from '../guest/guest.ts';
import { installProgram } from '../guest/install-program.ts';
import type { Use, Used } from '../in-guest/use-token.ts';

/** Has the guest open a file that is sealed to a key on a token; resolves to what came of it. */
export type UseToken = (use: Use) => Promise<Used>;

/** Runs one process in the guest, for as long as `work` asks it to use a token. */
export async function usingToken<T>(
  guest: Guest,
  work: (useToken: UseToken) => Promise<T>,
): Promise<T> {
  const program = await installProgram('use-token');
  const orders = new PassThrough({ encoding: 'utf8' });
  const output = new PassThrough();
  const answers = createInterface({ input: output })[Symbol.asyncIterator]();
  const ended = guest.check(`node ${program}`, {
    input: orders as AsyncIterable<string>,
    milliseconds: 3 * 60_000,
    onOutput: (text) => output.write(text),
  });
  // Whoever waits for an answer, or for the end, is told.
  ended.catch(() => undefined);
  const useToken: UseToken = async (use) => {
    orders.write(`${JSON.stringify(use)}\n`);
    const failed = ended.then(() => ({ value: undefined }));
    const { value } = await Promise.race([answers.next(), failed]);
    return JSON.parse(value ?? 'null') as Used;
  };
  try {
    return await work(useToken);
  } finally {
    orders.end();
    await ended;
  }
}
