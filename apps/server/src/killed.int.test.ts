import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Backup, Copy, Job } from '@holdfast/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServerProcess, type ServerProcess } from './testing/server-process.ts';

const run = promisify(execFile);

/** More of them: HOLDFAST_KILLS=100. */
const KILLS = Number(process.env['HOLDFAST_KILLS'] ?? '4');

let folder = '';
let config = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-killed-'));
  config = join(folder, 'config.toml');
  await mkdir(join(folder, 'nas'));
  await run('sh', ['-c', 'age-keygen -o key.txt 2>/dev/null'], { cwd: folder });
  const { stdout } = await run('age-keygen', ['-y', join(folder, 'key.txt')]);
  await writeFile(join(folder, 'live.json'), 'what must not be lost');
  await writeFile(
    config,
    `state = "${folder}/state"
[backup]
envelopes = ["recipient(${stdout.trim()})"]
[server]
max-waiting = 20
[folders.nas]
path = "${folder}/nas"
[secrets.app]
source = "${folder}/live.json"
`,
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function get<Result>(server: ServerProcess, path: string): Promise<Result> {
  return (await (await fetch(`${server.url}${path}`)).json()) as Result;
}

/** Asks for backups until the server is gone; resolves to the ids of the jobs that it acknowledged. */
async function ask(server: ServerProcess, accepted: Set<string>): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(`${server.url}/v1/backups`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ secret: 'app', to: ['folder:nas'] }),
      });
      const { id } = (await answer.json()) as Job;
      if (answer.status === 202) accepted.add(id);
      else await after(20);
    } catch {
      return;
    }
  }
}

test(`after ${String(KILLS)} kills under load the log is whole, and every backup that was told of opens`, async () => {
  const accepted = new Set<string>();
  for (let kills = 0; kills < KILLS; kills += 1) {
    await using server = await openServerProcess(config);
    const asking = [ask(server, accepted), ask(server, accepted)];
    await after(200 + Math.random() * 800);
    await server.kill('SIGKILL');
    await Promise.all(asking);
  }
  expect(accepted.size).toBeGreaterThan(0);

  await using server = await openServerProcess(config);
  // What waits is done now; what ran is told as interrupted or was repeated.
  for (let left = 1200; left > 0; left -= 1) {
    const { rows } = await get<{ rows: Job[] }>(server, '/v1/jobs?state=queued&limit=1');
    const running = await get<{ rows: Job[] }>(server, '/v1/jobs?state=running&limit=1');
    if (rows.length === 0 && running.rows.length === 0) break;
    await after(100);
  }
  let finished = 0;
  for (const id of accepted) {
    const job = await get<Job>(server, `/v1/jobs/${id}`);
    expect(['finished', 'interrupted'], JSON.stringify(job)).toContain(job.state);
    if (job.state !== 'finished') continue;
    finished += 1;
    const shown = await get<{ backup: Backup; copies: Copy[] }>(
      server,
      `/v1/backups/${String(job.backup)}`,
    );
    const [copy] = shown.copies;
    const path = join(String(copy?.path), String(copy?.file));
    const script = `tar xf "$1" -C "$2" && age -d -i key.txt "$2/envelopes/1.age" > "$2/id" && age -d -i "$2/id" "$2/secret.age"`;
    const out = await mkdtemp(join(folder, 'out-'));
    const opened = await run('sh', ['-c', script, 'sh', path, out], { cwd: folder });
    expect(opened.stdout).toBe('what must not be lost');
    await rm(out, { recursive: true });
  }
  expect(finished).toBeGreaterThan(0);
  const verifying = await fetch(`${server.url}/v1/audit/verify`, { method: 'POST' });
  const { id } = (await verifying.json()) as Job;
  await (await fetch(`${server.url}/v1/jobs/${id}/events`)).text();
  expect(await get<Job>(server, `/v1/jobs/${id}`)).toMatchObject({
    ...{ state: 'finished', result: { faults: [] } },
  });
  const { stdout: left } = await run('find', [join(folder, 'nas'), '-name', '*.holdfast-*']);
  process.stdout.write(
    `${JSON.stringify({ kills: KILLS, accepted: accepted.size, finished, temporary: left.split('\n').length - 1 })}\n`,
  );
}, 3_600_000);
