import { setImmediate as otherWork } from 'node:timers/promises';
import { throwIfCancelled } from '@holdfast/age';
import type { Kysely, Selectable } from 'kysely';
import type { Engine } from '../engine.ts';
import type { Catalog, ChainReport, SignedHead } from '../ports.ts';
import type { AuditTable, Tables } from '../schema/tables.ts';
import { openReplay } from '../tables/replay.ts';
import { checkHeads, type HeadAtHand } from './check-heads.ts';
import { collectFaults } from './faults.ts';
import { walkChain } from './walk-chain.ts';

type VerifyOptions = Parameters<Catalog['verifyChain']>[0];

const AT_ONCE = 1000;
const KEPT_ELSEWHERE = 'the head that was kept outside the catalog';

/** Reads everything as it was at one moment; holds one page of it at a time. */
export async function verifyEntries(engine: Engine, options: VerifyOptions): Promise<ChainReport> {
  return await engine.snapshot(async (db) => await verifyIn(db, options));
}

async function verifyIn(
  db: Kysely<Tables>,
  { check, known = null, signal, onProgress }: VerifyOptions,
): Promise<ChainReport> {
  const faults = collectFaults();
  const walk = walkChain(db, faults);
  const signatures = checkHeads(check, faults);
  const total = await countEntries(db);
  const heads = headsInOrder(db, known);
  let hand = await heads.next();
  let done = 0;
  let head: ChainReport['head'] = null;
  using replay = await openReplay();

  for await (const row of rowsInOrder(db, signal)) {
    const judged = await walk.judge(row);
    for (; hand.done !== true; hand = await heads.next()) {
      const { sequence } = hand.value.head;
      if (sequence > judged.sequence) break;
      signatures.check(hand.value, sequence === judged.sequence ? judged : null);
    }
    if (judged.entry !== null && faults.entriesAreWhole) await replay.fold(judged.entry);
    head = { sequence: row.sequence, hash: row.hash };
    done += 1;
    if (done % AT_ONCE === 0) onProgress?.(done, total);
  }
  for (; hand.done !== true; hand = await heads.next()) signatures.check(hand.value, null);
  signatures.end(walk.lastInPlace);
  if (known?.hash === '') faults.add(0, 'bad signature', `${KEPT_ELSEWHERE} cannot be read`);

  // What was altered in the log alters what follows from it: the tables say nothing more then.
  if (faults.entriesAreWhole) await replay.compare(db, faults, signal);
  onProgress?.(done, total);
  return { entries: done, head, signedUpTo: signatures.signedUpTo, faults: faults.all() };
}

async function countEntries(db: Kysely<Tables>): Promise<number> {
  const counted = db.selectFrom('audit').select((eb) => eb.fn.countAll<number>().as('count'));
  return (await counted.executeTakeFirstOrThrow()).count;
}

async function* rowsInOrder(
  db: Kysely<Tables>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Selectable<AuditTable>> {
  let after: number | null = null;
  for (;;) {
    // A database in this process leaves no room for anything else by itself.
    await otherWork();
    throwIfCancelled(signal);
    let query = db.selectFrom('audit').selectAll().orderBy('sequence').limit(AT_ONCE);
    if (after !== null) query = query.where('sequence', '>', after);
    const rows = await query.execute();
    yield* rows;
    after = rows.at(-1)?.sequence ?? null;
    if (rows.length < AT_ONCE) return;
  }
}

/** Those of the catalog, and the one that was kept elsewhere, by their sequence. */
async function* headsInOrder(
  db: Kysely<Tables>,
  known: SignedHead | null,
): AsyncGenerator<HeadAtHand> {
  let kept: HeadAtHand | null =
    known === null || known.hash === '' ? null : { head: known, source: KEPT_ELSEWHERE };
  let after: number | null = null;
  for (;;) {
    let query = db.selectFrom('heads').selectAll().orderBy('sequence').limit(AT_ONCE);
    if (after !== null) query = query.where('sequence', '>', after);
    const read: SignedHead[] = await query.execute();
    for (const head of read) {
      if (kept !== null && kept.head.sequence <= head.sequence) {
        // The very same one would tell the same faults again.
        if (!isSame(kept.head, head)) yield kept;
        kept = null;
      }
      yield { head, source: `the head of ${head.time}` };
    }
    after = read.at(-1)?.sequence ?? null;
    if (read.length < AT_ONCE) break;
  }
  if (kept !== null) yield kept;
}

function isSame(one: SignedHead, other: SignedHead): boolean {
  return (
    one.sequence === other.sequence &&
    one.hash === other.hash &&
    one.time === other.time &&
    one.signature === other.signature
  );
}
