import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '@holdfast/age';

/** The PIN in a file, without the end of its line. */
export function readPin(path: string): Secret {
  const bytes = readFileSync(path);
  const end = /\r?\n$/.exec(bytes.toString('latin1'))?.[0].length ?? 0;
  const pin = Secret.copy(bytes.subarray(0, bytes.length - end));
  bytes.fill(0);
  return pin;
}

/** Asks on the terminal, and shows nothing of what is typed. */
export async function askPin(question: string): Promise<Secret> {
  if (!process.stdin.isTTY)
    throw new Error('there is no terminal to ask for the PIN on: --pin-file');
  process.stderr.write(question);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  using terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const interrupted = new AbortController();
  terminal.on('SIGINT', () => interrupted.abort());
  try {
    return Secret.fromText(await terminal.question('', { signal: interrupted.signal }));
  } finally {
    process.stderr.write('\n');
  }
}
