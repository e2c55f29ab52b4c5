import type { Engine } from '../engine.ts';
import type { RunTable, ScheduleRun } from './ports.ts';
import { rowForm } from './rows.ts';

const RUNS = rowForm<ScheduleRun>('serviceRuns', {});

export function runTable(engine: Engine): RunTable {
  return {
    async claim(run) {
      return await engine.write(async (db) => {
        const added = await db
          .insertInto('serviceRuns')
          .values(RUNS.encode(run) as never)
          .onConflict((conflict) => conflict.columns(['schedule', 'due']).doNothing())
          .executeTakeFirst();
        return Number(added.numInsertedOrUpdatedRows ?? 0) === 1;
      });
    },
    async update({ schedule, due, ...rest }) {
      await engine.write(async (db) => {
        await db
          .updateTable('serviceRuns')
          .set(RUNS.encode(rest))
          .where('schedule', '=', schedule)
          .where('due', '=', due)
          .execute();
      });
    },
    async list(schedule, limit) {
      const read = await engine.read(
        async (db) =>
          await db
            .selectFrom('serviceRuns')
            .selectAll()
            .where('schedule', '=', schedule)
            .orderBy('due', 'desc')
            .limit(limit)
            .execute(),
      );
      return read.map((row) => RUNS.decode(row));
    },
  };
}
