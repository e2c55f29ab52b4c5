import type { Engine } from '../engine.ts';
import type { AnswerTable, KeptAnswer } from './ports.ts';
import { rowForm } from './rows.ts';

const ANSWERS = rowForm<KeptAnswer>('serviceAnswers', { json: ['headers'] });

export function answerTable(engine: Engine): AnswerTable {
  return {
    async claim(answer) {
      return await engine.write(async (db) => {
        const found = await db
          .selectFrom('serviceAnswers')
          .selectAll()
          .where('key', '=', answer.key)
          .executeTakeFirst();
        if (found !== undefined) return ANSWERS.decode(found);
        const row = ANSWERS.encode({ ...answer, status: null, headers: {}, body: '' });
        await db
          .insertInto('serviceAnswers')
          .values(row as never)
          .execute();
        return null;
      });
    },
    async complete(key, answer) {
      await engine.write(async (db) => {
        await db
          .updateTable('serviceAnswers')
          .set(ANSWERS.encode(answer))
          .where('key', '=', key)
          .execute();
      });
    },
    async drop(key) {
      await engine.write(async (db) => {
        await db.deleteFrom('serviceAnswers').where('key', '=', key).execute();
      });
    },
    async dropUnanswered(server) {
      await engine.write(async (db) => {
        await db
          .deleteFrom('serviceAnswers')
          .where('server', '=', server)
          .where('status', 'is', null)
          .execute();
      });
    },
    async forget(before) {
      const gone = await engine.write(
        async (db) =>
          await db.deleteFrom('serviceAnswers').where('created', '<', before).executeTakeFirst(),
      );
      return Number(gone.numDeletedRows);
    },
  };
}
