import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** vpcd has two card slots, on one port and on the next. */
const READERS = 2;
const STARTS = 5;
/** Where a pcscd of the whole system listens; while there is one, another refuses to start. */
const SYSTEM_SOCKET = '/run/pcscd/pcscd.comm';

/** A pcscd of its own with two virtual readers, reached by nobody who does not know its socket. */
export interface Pcscd extends AsyncDisposable {
  /** What its clients need in their environment. */
  readonly environment: { readonly PCSCLITE_CSOCK_NAME: string };
  /** On 127.0.0.1, of the virtual readers. */
  readonly ports: readonly number[];
  /** What pcscd has said. */
  readonly log: () => string;
}

/** Starts pcscd beside any other there is; disposing ends it by its id and removes its files. */
export async function openPcscd(): Promise<Pcscd> {
  for (let start = 1; ; start++) {
    const pcscd = await startOn(await freePorts());
    if (pcscd.ready) return pcscd;
    await pcscd[Symbol.asyncDispose]();
    if (start === STARTS) throw new Error(`pcscd did not start: ${pcscd.log()}`);
  }
}

async function startOn(ports: readonly number[]): Promise<Pcscd & { ready: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-pcscd-'));
  const socket = join(folder, 'pcscd.comm');
  await mkdir(join(folder, 'readers'));
  await writeFile(join(folder, 'readers', 'vpcd'), readerSetting(ports[0]!));
  const preload = await buildPreload(folder);
  const command = [
    ...(existsSync(SYSTEM_SOCKET) ? HIDE_SYSTEM_SOCKET : []),
    ...['python3', join(import.meta.dirname, 'start-pcscd.py'), socket],
    ...['pcscd', '--foreground', '--error', '--config', join(folder, 'readers')],
  ];
  const child = spawn(command[0]!, command.slice(1), {
    env: {
      PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
      LD_PRELOAD: preload,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.on('error', (error) => (log += String(error)));
  return {
    ready: await isListening(child, ports),
    environment: { PCSCLITE_CSOCK_NAME: socket },
    ports,
    log: () => log,
    [Symbol.asyncDispose]: async () => {
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** In a mount namespace of its own the system's socket is not seen, and so not in the way. */
const HIDE_SYSTEM_SOCKET = [
  ...['unshare', '--mount', 'sh', '-c'],
  ...['mount -t tmpfs tmpfs /run/pcscd && exec "$@"', 'sh'],
];

function readerSetting(port: number): string {
  const driver = globSync('/usr/lib/pcsc/drivers/serial/libifdvpcd.so*')[0];
  if (driver === undefined) throw new Error('vpcd is not installed');
  return [
    'FRIENDLYNAME "Virtual reader"',
    `DEVICENAME /dev/null:${port}`,
    `LIBPATH ${driver}`,
    `CHANNELID ${port}`,
    '',
  ].join('\n');
}

async function buildPreload(folder: string): Promise<string> {
  const library = join(folder, 'vpcd-sockets.so');
  const source = join(import.meta.dirname, 'vpcd-sockets.c');
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
  return library;
}

/** So many ports in a row, free just now; whoever is faster may still take one. */
async function freePorts(): Promise<number[]> {
  for (;;) {
    const servers = [await listening(0)];
    const first = servers[0]!.port;
    try {
      while (servers.length < READERS) servers.push(await listening(first + servers.length));
      return servers.map((server) => server.port);
    } catch {
      // The next one is taken: other ports.
    } finally {
      await Promise.all(servers.map(async (server) => await server.close()));
    }
  }
}

async function listening(port: number): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  return {
    port: address.port,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits until the readers can be reached; false when pcscd ended before. */
async function isListening(child: ChildProcess, ports: readonly number[]): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await haveListeners(ports)) return true;
    await sleep(20);
  }
  return false;
}

/** Looks without connecting: to vpcd, whoever connects is a card. */
async function haveListeners(ports: readonly number[]): Promise<boolean> {
  const sockets = await readFile('/proc/net/tcp', 'utf8');
  return ports.every((port) => {
    const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    return sockets.includes(`${address} 00000000:0000 0A`);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exit;
  clearTimeout(killer);
}
