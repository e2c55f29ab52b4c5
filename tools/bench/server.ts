import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { Pool } from 'undici';

import type { Table } from './table.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const READS = 4000;
const CONNECTIONS = 32;
const ROUNDS = 3;
const MIXED = 10_000;
const LISTENERS = 1000;

interface Program extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** What the service costs over a bare route, and what becomes of it when much is asked at once. */
export async function benchServer(): Promise<Table[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'holdfast-bench-server-'));
  const config = await configIn(folder.path);
  const main = join(import.meta.dirname, '../../apps/server/dist/holdfast-server.js');
  const args = ['--config', config, '--listen', '127.0.0.1:0', '--insecure-loopback'];
  await using service = await begin([main, ...args]);
  await using bare = await begin([join(import.meta.dirname, 'bare-express.ts')]);
  return [await reads(service, bare), await mixed(service), await listening(service)];
}

async function configIn(folder: string): Promise<string> {
  await mkdir(join(folder, 'nas'));
  await writeFile(join(folder, 'live.json'), 'what is backed up');
  const path = join(folder, 'config.toml');
  await writeFile(
    path,
    `state = "${folder}/state"
[backup]
envelopes = ["recipient(${RECIPIENT})"]
[folders.nas]
path = "${folder}/nas"
[secrets.app]
source = "${folder}/live.json"
`,
  );
  return path;
}

async function begin(args: readonly string[]): Promise<Program> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => {
    const lines = createInterface(child.stdout);
    lines.on('line', (line) => {
      const { msg, address } = JSON.parse(line) as { msg?: string; address?: string };
      if (msg !== 'ready' || address === undefined) return;
      // What is logged from now on is read, and not looked at.
      lines.close();
      child.stdout.resume();
      resolve(`http://${address}`);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

interface Measured {
  /** Milliseconds, sorted. */
  readonly times: readonly number[];
  readonly statuses: ReadonlyMap<number, number>;
  readonly perSecond: number;
}

interface Request {
  readonly path: string;
  readonly body?: object;
}

/** So many at once, each after the one before it on its connection. */
async function load(
  { url }: Program,
  count: number,
  connections: number,
  next: (at: number) => Request,
): Promise<Measured> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const times: number[] = [];
  const statuses = new Map<number, number>();
  let at = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (at < count) {
        const { path, body } = next((at += 1));
        const started = performance.now();
        const answer = await pool.request({
          path,
          method: body === undefined ? 'GET' : 'POST',
          ...(body !== undefined && {
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
        });
        await answer.body.dump();
        times.push(performance.now() - started);
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  return { times: times.toSorted((a, b) => a - b), statuses, perSecond: count / seconds };
}

function quantile({ times }: Measured, share: number): string {
  return (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2);
}

async function reads(service: Program, bare: Program): Promise<Table> {
  const routes: [string, Program, string][] = [
    ['a bare express route', bare, '/bare'],
    ['`/v1/me`', service, '/v1/me'],
    ['`/v1/jobs`', service, '/v1/jobs'],
    ['`/v1/backups`', service, '/v1/backups'],
    ['`/v1/audit`', service, '/v1/audit?limit=10'],
  ];
  const best = new Map<string, Measured>();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, program, path] of routes) {
      const measured = await load(program, READS, CONNECTIONS, () => ({ path }));
      const before = best.get(name);
      // The first round only warms them up.
      if (round > 0 && (before === undefined || measured.perSecond > before.perSecond)) {
        best.set(name, measured);
      }
    }
  }
  const base = best.get('a bare express route')?.perSecond ?? 1;
  return {
    title: 'The HTTP service: reads',
    note: `${String(READS)} requests on ${String(CONNECTIONS)} connections, in turn, the best of ${String(ROUNDS)} rounds; the load comes from the same machine. Milliseconds.`,
    columns: ['route', 'a second', 'of the bare route', 'p50', 'p99'],
    rows: [...best].map(([name, measured]) => [
      name,
      measured.perSecond.toFixed(0),
      (measured.perSecond / base).toFixed(2),
      quantile(measured, 0.5),
      quantile(measured, 0.99),
    ]),
  };
}

function anyRequest(at: number): Request {
  const reading = ['/v1/status', '/v1/jobs', '/v1/backups', '/v1/secrets', '/v1/audit?limit=20'];
  if (at % 20 === 0) return { path: '/v1/backups', body: { secret: 'app', to: ['folder:nas'] } };
  if (at % 33 === 0) return { path: '/v1/backups/00000000-0000-4000-8000-000000000000' };
  return { path: reading[at % reading.length] ?? '/v1/me' };
}

async function mixed(service: Program): Promise<Table> {
  const rows: string[][] = [];
  for (const connections of [4, 16, 64, 256]) {
    const measured = await load(service, MIXED / 4, connections, anyRequest);
    const told = [...measured.statuses].toSorted(([a], [b]) => a - b);
    rows.push([
      String(connections),
      measured.perSecond.toFixed(0),
      quantile(measured, 0.5),
      quantile(measured, 0.99),
      told.map(([status, count]) => `${String(status)}: ${String(count)}`).join(', '),
      (await residentMegabytes(service.pid)).toFixed(0),
    ]);
  }
  return {
    title: 'The HTTP service: mixed requests at rising concurrency',
    note: `${String(MIXED)} requests: reads, backups that are asked for, backups that are not there. 503 is the line of jobs that is full.`,
    columns: ['connections', 'a second', 'p50 ms', 'p99 ms', 'answers', 'resident MB'],
    rows,
  };
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? '0') / 1024;
}

/** All of them follow one job: how long after its end the last of them has heard of it. */
async function listening(service: Program): Promise<Table> {
  await after(5000);
  const asked = await fetch(`${service.url}/v1/audit/verify`, { method: 'POST' });
  const { id } = (await asked.json()) as { id: string };
  const pool = new Pool(service.url, { connections: LISTENERS, bodyTimeout: 0 });
  const before = await residentMegabytes(service.pid);
  const began = performance.now();
  const heard = await Promise.all(
    Array.from({ length: LISTENERS }, async () => {
      const answer = await pool.request({ path: `/v1/jobs/${id}/events`, method: 'GET' });
      const text = await answer.body.text();
      return text.includes('"state":"finished"');
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const resident = await residentMegabytes(service.pid);
  await pool.close();
  return {
    title: 'The HTTP service: listeners',
    note: 'Each follows the same job on a connection of its own, from its first event to its last.',
    columns: ['listeners', 'heard the end', 'seconds', 'more MB'],
    rows: [
      [
        String(LISTENERS),
        String(heard.filter(Boolean).length),
        seconds.toFixed(2),
        (resident - before).toFixed(0),
      ],
    ],
  };
}
