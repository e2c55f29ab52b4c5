import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { makeLog } from './log.ts';
import { notifySystemd } from './notify.ts';

/** Node has no datagram sockets of the file system: systemd's end is a line of Python. */
const LISTEN = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True: print(s.recv(4096).decode().replace('\\n', ' '), flush=True)
`;

test('systemd hears that the service is ready, and how it is doing', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'holdfast-notify-')), 'notify');
  const listener = spawn('python3', ['-c', LISTEN, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(listener.stdout)[Symbol.asyncIterator]();
  try {
    expect((await lines.next()).value).toBe('listening');
    const told = { env: { NOTIFY_SOCKET: path }, log: makeLog('silent') };
    await notifySystemd('ready', 'listens on 127.0.0.1:1', told);
    const heard = String((await lines.next()).value);
    expect(heard).toContain('READY=1');
    expect(heard).toContain('STATUS=listens on 127.0.0.1:1');
    expect(heard).toContain(`MAINPID=${String(process.pid)}`);
  } finally {
    listener.kill();
    await once(listener, 'exit');
  }
});

test('where nobody listens nothing happens', async () => {
  const log = makeLog('silent');
  await expect(notifySystemd('ready', 'x', { env: {}, log })).resolves.toBeUndefined();
  const gone = { NOTIFY_SOCKET: '/nonexistent' };
  await expect(notifySystemd('ready', 'x', { env: gone, log })).resolves.toBeUndefined();
});
