// One server among several: claims jobs, writes down what it holds and does, until it is ended.
import { appendFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { openCatalog } from '../../open-catalog.ts';

const [url = '', server = '', log = '', most = '60000'] = process.argv.slice(2);

await using catalog = await openCatalog({ kind: 'postgres', url }, { create: false });
await using queue = await catalog.openQueue();
const { jobs, servers } = catalog.service;
const host = 'test';
const started = new Date().toISOString();
const until = Date.now() + Number(most);
while (Date.now() < until) {
  await servers.see({ id: server, host, started, seen: new Date().toISOString(), version: '0' });
  const gone = (await servers.list()).filter(({ seen }) => Date.parse(seen) < Date.now() - 1500);
  await queue.recover(gone.map(({ id }) => id));
  for (const { id } of gone) await servers.leave(id);
  const claimed = await queue.claim(server, async () => await Promise.resolve(true));
  if (claimed === null) {
    if ((await jobs.count(['queued', 'running'])) === 0) break;
    await after(50);
    continue;
  }
  await using held = claimed;
  const { id, needs } = held.job;
  const say = (what: string): void => {
    appendFileSync(log, `${JSON.stringify({ at: Date.now(), what, server, id, needs })}\n`);
  };
  say('begin');
  await after(20 + Math.random() * 60);
  if (held.lost.aborted) {
    say('lost');
    continue;
  }
  const ended = new Date().toISOString();
  const done = await jobs.change(id, ['running'], { state: 'finished', ended });
  say(done === null ? 'late' : 'end');
}
