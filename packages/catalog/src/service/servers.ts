import type { Engine } from '../engine.ts';
import type { ServerTable } from './ports.ts';

export function serverTable(engine: Engine): ServerTable {
  return {
    async see(server) {
      await engine.write(async (db) => {
        await db
          .insertInto('serviceServers')
          .values(server)
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen: server.seen }))
          .execute();
      });
    },
    async leave(id) {
      await engine.write(async (db) => {
        await db.deleteFrom('serviceServers').where('id', '=', id).execute();
      });
    },
    list: async () =>
      await engine.read(async (db) => await db.selectFrom('serviceServers').selectAll().execute()),
  };
}
