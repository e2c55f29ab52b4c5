import type { Engine } from '../engine.ts';
import type { Delivery, DeliveryTable } from './ports.ts';
import { rowForm } from './rows.ts';

const DELIVERIES = rowForm<Delivery>('serviceDeliveries', {});

export function deliveryTable(engine: Engine): DeliveryTable {
  return {
    async add(delivery) {
      await engine.write(async (db) => {
        await db
          .insertInto('serviceDeliveries')
          .values(DELIVERIES.encode(delivery) as never)
          .execute();
      });
    },
    async take(now, until, limit) {
      const due = await engine.read(
        async (db) =>
          await db
            .selectFrom('serviceDeliveries')
            .select('id')
            .where('next', '<=', now)
            .limit(1)
            .execute(),
      );
      // Asked all the time: nobody else waits for a look at what is not there.
      if (due.length === 0) return [];
      return await engine.write(async (db) => {
        const read = await db
          .selectFrom('serviceDeliveries')
          .selectAll()
          .where('next', '<=', now)
          .orderBy('next')
          .limit(limit)
          .execute();
        const ids = read.map(({ id }) => id);
        if (ids.length === 0) return [];
        await db
          .updateTable('serviceDeliveries')
          .set({ next: until })
          .where('id', 'in', ids)
          .execute();
        return read.map((row) => DELIVERIES.decode(row));
      });
    },
    async update({ id, ...rest }) {
      await engine.write(async (db) => {
        await db
          .updateTable('serviceDeliveries')
          .set(DELIVERIES.encode(rest))
          .where('id', '=', id)
          .execute();
      });
    },
    async list(limit) {
      const read = await engine.read(
        async (db) =>
          await db
            .selectFrom('serviceDeliveries')
            .selectAll()
            .orderBy('created', 'desc')
            .limit(limit)
            .execute(),
      );
      return read.map((row) => DELIVERIES.decode(row));
    },
    async forget(before) {
      const gone = await engine.write(
        async (db) =>
          await db
            .deleteFrom('serviceDeliveries')
            .where('created', '<', before)
            .where('next', 'is', null)
            .executeTakeFirst(),
      );
      return Number(gone.numDeletedRows);
    },
  };
}
