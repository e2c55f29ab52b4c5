import type { Engine } from '../engine.ts';
import { catalogError } from '../errors.ts';
import type { HeadSigner, SignedHead } from '../ports.ts';
import { entryHash, strictEntryOfRow } from './entry.ts';
import { headText } from './head-text.ts';

/** Every head that was signed, oldest first. */
export async function signedHeads(engine: Engine): Promise<readonly SignedHead[]> {
  return await engine.read(
    async (db) => await db.selectFrom('heads').selectAll().orderBy('sequence').execute(),
  );
}

/**
 * Signs the last entry of the chain, unless it was. Never on top of one that does not hold what was signed or
 * recorded: that would vouch for whoever changed it.
 *
 * @throws AUDIT_BROKEN
 */
export async function signLastEntry(
  engine: Engine,
  signer: HeadSigner,
): Promise<SignedHead | null> {
  return await engine.write(async (db) => {
    const entries = db.selectFrom('audit').selectAll();
    const last = await entries.orderBy('sequence', 'desc').limit(1).executeTakeFirst();
    const signed = await db
      .selectFrom('heads')
      .selectAll()
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (last === undefined || last.sequence <= (signed?.sequence ?? 0)) return signed ?? null;
    const entry = strictEntryOfRow(last);
    if (entry === null || entryHash(entry) !== last.hash) throw broken(last.sequence);
    if (signed !== undefined) {
      const then = await entries.where('sequence', '=', signed.sequence).executeTakeFirst();
      if (then?.hash !== signed.hash) throw broken(signed.sequence);
    }
    const { sequence, hash } = entry;
    const head = { sequence, hash, time: new Date().toISOString() };
    const signature = Buffer.from(signer.sign(headText(head))).toString('utf8');
    await db
      .insertInto('heads')
      .values({ ...head, signature })
      .execute();
    return { ...head, signature };
  });
}

function broken(sequence: number): Error {
  return catalogError(
    'AUDIT_BROKEN',
    `entry ${sequence} of the audit log is not what it was when it was recorded`,
  );
}
