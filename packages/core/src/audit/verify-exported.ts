import { open, type FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '@holdfast/age';
import {
  entryHash,
  NO_ENTRY,
  type AuditEntry,
  type ChainFault,
  type CheckHead,
  type SignedHead,
} from '@holdfast/catalog';
import { isSystemError } from '@holdfast/media/durable';
import { coreError } from '../errors.ts';
import type { Run } from '../run.ts';
import { headChecker } from './check-head.ts';
import { parseLine, type ExportedLine } from './exported-line.ts';
import { linesOf } from './lines-of.ts';
import type { AuditReport } from './verify-audit.ts';
import { verifyHead } from './verify-head.ts';

export interface ExportedReport extends Omit<AuditReport, 'kept'> {
  /** The first entry in it: what came before is not looked at. */
  readonly from: number;
}

/** Whoever made a file with more faults than this did not mean it to be read. */
const MOST_FAULTS = 1000;
/** Bytes of one entry, by far. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Checks an exported audit log by itself, without any catalog: that each entry is what its hash says, follows the
 * one before, and that the head at its end is signed by whom this instance trusts. Constant memory.
 *
 * @throws SOURCE_NOT_FOUND, SOURCE_UNREADABLE, CONFIG_INVALID, CANCELLED
 */
export async function verifyExported(
  path: string,
  run: Pick<Run, 'instance' | 'signal' | 'onProgress'>,
): Promise<ExportedReport> {
  const check = await headChecker(run.instance);
  const chain = new ExportedChain(check);
  await using file = await openFile(path);
  const { size } = await file.stat();
  let done = 0;
  const input = file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 });
  for await (const line of linesOf(input, LONGEST)) {
    throwIfCancelled(run.signal);
    done += line.size + 1;
    run.onProgress?.({ phase: 'checking', done, total: size });
    chain.take(line.text === null ? null : parseLine(line.text));
    if (chain.faults.length >= MOST_FAULTS) break;
  }
  return chain.report();
}

type Last = { readonly sequence: number; readonly hash: string | null } | null;

function headIn(last: Last): ExportedReport['head'] {
  if (last === null) return null;
  const { sequence, hash } = last;
  return hash === null ? null : { sequence, hash };
}

class ExportedChain {
  readonly faults: ChainFault[] = [];
  readonly #check: CheckHead;
  #from = 0;
  #entries = 0;
  #line = 0;
  /** `hash` is `null` where the line holds none. */
  #last: Last = null;
  #signedUpTo = 0;

  constructor(check: CheckHead) {
    this.#check = check;
  }

  take(line: ExportedLine | null): void {
    this.#line += 1;
    if (line === null) {
      const sequence = (this.#last?.sequence ?? 0) + 1;
      this.#fault(sequence, 'altered', `line ${String(this.#line)} is no entry`);
      this.#last = { sequence, hash: null };
    } else if (line.kind === 'head') this.#takeHead(line.head);
    else this.#takeEntry(line.entry);
  }

  report(): ExportedReport {
    if (this.#entries === 0 && this.faults.length === 0) {
      this.#fault(0, 'cut off', 'there is no entry in it');
    }
    if (this.#signedUpTo < (this.#last?.sequence ?? 0) && this.faults.length === 0) {
      const words = 'no trusted head vouches for the end of it';
      this.#fault(this.#last?.sequence ?? 0, 'cut off', words);
    }
    const last = this.#last;
    const { faults } = this;
    return {
      entries: this.#entries,
      from: this.#from,
      head: headIn(last),
      signedUpTo: this.#signedUpTo,
      faults,
    };
  }

  #takeEntry(entry: AuditEntry): void {
    const { sequence, previous, hash } = entry;
    const before = this.#last;
    this.#entries += 1;
    if (before === null) this.#from = sequence;
    const expected = before === null ? sequence : before.sequence + 1;
    if (entryHash(entry) !== hash) {
      this.#fault(sequence, 'altered', 'it is not what its hash was made of');
    }
    if (sequence > expected) {
      const last = sequence - 1;
      const which = last === expected ? 'it is' : `it and all up to ${String(last)} are`;
      this.#fault(expected, 'removed', `${which} missing`);
    } else if (sequence < expected) {
      this.#fault(sequence, 'reordered', `it stands behind entry ${String(expected - 1)}`);
    } else if (before !== null && before.hash !== null && previous !== before.hash) {
      this.#fault(before.sequence, 'forged', 'the next entry was made after another one');
    } else if (before === null && sequence === 1 && previous !== NO_ENTRY) {
      this.#fault(1, 'forged', 'it is the first one, and says that there was one before');
    }
    this.#last = { sequence, hash };
  }

  #takeHead(head: SignedHead): void {
    const { sequence, hash } = head;
    const faults = verifyHead(head, this.#check);
    this.faults.push(...faults);
    if (faults.length > 0) return;
    if (sequence !== this.#last?.sequence) {
      const words = `a head was signed here, and the entry before it is ${String(this.#last?.sequence ?? 'none')}`;
      this.#fault(sequence, 'cut off', words);
    } else if (hash !== this.#last.hash) {
      this.#fault(sequence, 'forged', 'it is not the entry that was signed');
    } else this.#signedUpTo = sequence;
  }

  #fault(sequence: number, kind: ChainFault['kind'], words: string): void {
    this.faults.push({ sequence, kind, words });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    await using held = new AsyncDisposableStack();
    const file = held.use(await open(path));
    if (!(await file.stat()).isFile())
      throw coreError('SOURCE_UNREADABLE', `${path} is not a file`);
    held.move();
    return file;
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR'))
      throw coreError('SOURCE_NOT_FOUND', `there is no ${path}`, { cause });
    if (isSystemError(cause))
      throw coreError('SOURCE_UNREADABLE', `${path} cannot be read`, { cause });
    throw cause;
  }
}
