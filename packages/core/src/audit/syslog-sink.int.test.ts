import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { CatalogEvent } from '@holdfast/catalog';
import { expect, test, vi } from 'vitest';
import { keeping } from '../register/testing/kept-run.ts';
import { openScene, type Scene } from '../testing/scene.ts';
import { exportAudit, type ExportReport } from './export-audit.ts';
import { parseLine } from './exported-line.ts';
import { parseSyslogAddress } from './syslog-address.ts';
import { openSyslogSink, type SyslogOptions } from './syslog-sink.ts';

const COUNT = 20;
/** authpriv.info, RFC 5424, tag holdfast. */
const HEADER = /^<86>1 \d{4}-\d{2}-\d{2}T\S+ \S+ holdfast - - (?:\[timeQuality [^\]]*\] )?/;

async function fillLog(scene: Scene, count = COUNT, name = 'sso'): Promise<void> {
  await keeping(scene, async ({ instance, catalog }) => {
    await instance.signer();
    const events = Array.from({ length: count }, (_, place): CatalogEvent => {
      return { action: 'secret.rotate', outcome: 'ok', secret: name, detail: { version: place } };
    });
    await catalog.recorder.record(events);
  });
}

async function send(
  scene: Scene,
  address: string,
  more: Partial<SyslogOptions> = {},
): Promise<ExportReport> {
  return await keeping(scene, async (run) => {
    await using sink = openSyslogSink({
      address: parseSyslogAddress(address),
      protocol: 'udp',
      ...more,
    });
    return await exportAudit({ withHead: false }, sink, run);
  });
}

function sequencesIn(messages: readonly string[]): number[] {
  return messages.map((message) => {
    expect(message).toMatch(HEADER);
    const line = parseLine(message.replace(HEADER, '').replace(/\n$/, ''));
    return line?.kind === 'entry' ? line.entry.sequence : -1;
  });
}

const ALL = Array.from({ length: COUNT }, (_, place) => place + 1);

test('a server gets one message an entry by UDP, whole, as RFC 5424 has it', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const messages: string[] = [];
  const socket = createSocket('udp4', (message) => messages.push(message.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  try {
    const report = await send(scene, `127.0.0.1:${String(socket.address().port)}`);
    expect(report).toMatchObject({ entries: COUNT, where: 'syslog at 127.0.0.1' });
    await vi.waitFor(() => {
      expect(messages).toHaveLength(COUNT);
    });
    expect(sequencesIn(messages)).toEqual(ALL);
  } finally {
    socket.close();
  }
});

test('a server gets them by TCP, each on a line, a large one as well', async () => {
  await using scene = await openScene();
  await fillLog(scene, COUNT, 'x'.repeat(50_000));
  let received = '';
  const server = createServer((connection) => {
    connection.setEncoding('utf8').on('data', (part: string) => (received += part));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    await send(scene, `127.0.0.1:${String(port)}`, { protocol: 'tcp' });
    await vi.waitFor(() => {
      expect(received.trimEnd().split('\n')).toHaveLength(COUNT);
    });
    expect(sequencesIn(received.trimEnd().split('\n'))).toEqual(ALL);
  } finally {
    server.close();
  }
});

interface LogSocket extends AsyncDisposable {
  readonly messages: readonly string[];
}

const LISTEN = `
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print(json.dumps("ready"), flush=True)
while True:
    print(json.dumps(s.recv(1 << 20).decode()), flush=True)
`;

/** A datagram socket as /dev/log is one; Node has none. */
async function openSocket(path: string): Promise<LogSocket> {
  const child: ChildProcess = spawn('python3', ['-c', LISTEN, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const messages: string[] = [];
  if (child.stdout === null) throw new Error('there is no output');
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => messages.push(JSON.parse(line) as string));
  await once(lines, 'line');
  messages.length = 0;
  return {
    messages,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

test('a socket of this machine gets one datagram an entry', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const path = scene.path('log');
  await using socket = await openSocket(path);
  await send(scene, path);
  await vi.waitFor(() => {
    expect(socket.messages).toHaveLength(COUNT);
  });
  expect(sequencesIn(socket.messages)).toEqual(ALL);
});

test('who does not listen, is not there, or takes no such length is an error with its reason', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const failed = { code: 'EXPORT_FAILED' };
  await expect(send(scene, '127.0.0.1:1', { protocol: 'tcp' })).rejects.toMatchObject(failed);
  await expect(send(scene, scene.path('nothing'))).rejects.toMatchObject(failed);
  await expect(send(scene, 'host.invalid')).rejects.toMatchObject(failed);
  await using large = await openScene();
  await fillLog(large, 1, 'x'.repeat(70_000));
  await expect(send(large, '127.0.0.1:9')).rejects.toMatchObject(failed);
});

test('without logger it is an error that says so', async () => {
  await using scene = await openScene();
  await fillLog(scene);
  const { PATH } = process.env;
  process.env['PATH'] = scene.folder;
  try {
    await expect(send(scene, '127.0.0.1:9')).rejects.toMatchObject({ code: 'EXPORT_FAILED' });
  } finally {
    process.env['PATH'] = PATH;
  }
});

test('a server that goes away in the middle, and does not come back, is told', async () => {
  await using scene = await openScene();
  await fillLog(scene, 3000, 'x'.repeat(2000));
  const server = createServer((connection) => {
    connection.once('data', () => {
      // logger connects anew by itself where it can.
      server.close();
      connection.resetAndDestroy();
    });
    connection.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sending = send(scene, `127.0.0.1:${String(port)}`, { protocol: 'tcp' });
  await expect(sending).rejects.toMatchObject({ code: 'EXPORT_FAILED' });
});

test('a server that reads nothing is given up when that is asked for', async () => {
  await using scene = await openScene();
  await fillLog(scene, 3000, 'x'.repeat(5000));
  const connections: Socket[] = [];
  const server = createServer((connection) => {
    connections.push(connection.pause());
    connection.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cancelling = new AbortController();
  try {
    const { port } = server.address() as AddressInfo;
    const { signal } = cancelling;
    const sending = send(scene, `127.0.0.1:${String(port)}`, { protocol: 'tcp', signal });
    await wait(1000);
    cancelling.abort();
    await expect(sending).rejects.toMatchObject({ code: 'CANCELLED' });
  } finally {
    for (const connection of connections) connection.destroy();
    server.close();
  }
});
