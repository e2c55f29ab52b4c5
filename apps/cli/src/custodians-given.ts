import { open, stat } from 'node:fs/promises';
import type { Contribution, CustodianAnswer, CustodianCall } from '@holdfast/core';
import type { CustodianPasswordArgs } from './custodian-passwords.ts';
import type { Terminal } from './prompt.ts';
import { printable } from './to-terminal.ts';
import { unreadable, usageError } from './usage.ts';

/** No share is longer, and no file that is larger was meant as one. */
const LONGEST_SHARE = 64 * 1024;

export interface CustodianArgs extends CustodianPasswordArgs {
  /** Files that custodians sent. */
  readonly share?: readonly string[] | undefined;
}

/** What custodians have sent, and how they are asked who is there. */
export interface Custodians extends Disposable {
  /** Whether anything was given. */
  readonly isGiven: boolean;
  sent(): Promise<readonly Contribution[]>;
  askWho(person: Terminal, call: CustodianCall): Promise<CustodianAnswer | null>;
}

export function custodiansFrom(args: CustodianArgs): Custodians {
  const held = new DisposableStack();
  let shares: Promise<readonly Contribution[]> | undefined;
  let introduced: number | null = null;

  const readShare = async (path: string): Promise<Contribution> => {
    const bytes = await readWhole(path);
    // Somebody may have sent one that nothing seals any more.
    held.defer(() => bytes.fill(0));
    return { from: printable(path), bytes };
  };

  return {
    isGiven: (args.share ?? []).length + (args.custodianPasswordFile ?? []).length > 0,
    async sent() {
      shares ??= Promise.all((args.share ?? []).map(readShare));
      return await shares;
    },
    async askWho(person, call) {
      if (introduced !== call.envelope) person.say(introduction(call));
      introduced = call.envelope;
      if (call.problem !== null) person.say(sentence(call.problem.message));
      if (call.have.length > 0) person.say(progress(call));
      const answer = await person.line('Custodian, or the file of a share (Enter to stop)');
      const text = answer.trim();
      if (text === '') return null;
      const isKnown = call.have.includes(text) || call.candidates.some(({ name }) => name === text);
      if (isKnown || !(await isFile(text))) return { name: text };
      return { contribution: await readShare(text) };
    },
    [Symbol.dispose]: () => {
      held.dispose();
    },
  };
}

function introduction({ envelope, threshold, candidates }: CustodianCall): string {
  const who = candidates.map(({ name, factors }) => `  ${name}: ${shortened(printable(factors))}`);
  return [
    `Envelope ${String(envelope)} takes the shares of any ${String(threshold)} of these custodians:`,
    ...who,
  ].join('\n');
}

function progress({ have, threshold }: CustodianCall): string {
  return `${String(have.length)} of ${String(threshold)} shares: ${have.join(', ')}.`;
}

/** A post-quantum recipient has two thousand characters. */
function shortened(factors: string): string {
  return factors.replace(/\b(age1[0-9a-z]{24})[0-9a-z]+/g, '$1…');
}

function sentence(message: string): string {
  const text = printable(message);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readWhole(path: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(LONGEST_SHARE + 1);
  try {
    await using file = await open(path);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (length > LONGEST_SHARE)
      throw await usageError(`${printable(path)} is too large to be a share`);
    return buffer.slice(0, length);
  } catch (cause) {
    if (cause instanceof Error && 'remedy' in cause) throw cause;
    throw await unreadable('the share', path, cause);
  } finally {
    buffer.fill(0);
  }
}
