import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect as connectPlain, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHttpServer } from '../http/open-http-server.ts';
import { makeAuthority, type Authority, type Certificate } from '../testing/certificates.ts';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';
import { readTls } from './tls.ts';

const run = promisify(execFile);

let ours: Authority;
let own: Certificate;
let clientCa = '';
let server: TestServer;
let port = 0;

beforeAll(async () => {
  ours = await makeAuthority();
  own = await ours.issue('server');
  clientCa = join(dirname(ours.ca), 'clients.pem');
  await copyFile(ours.ca, clientCa);
  server = await openTestServer({
    insecureLoopback: false,
    toml: `
[server.tls]
certificate = "${own.certificate}"
key = "${own.key}"
client-ca = "${clientCa}"
[clients.alice]
subject = "alice"
role = "administrator"
`,
  });
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function open(options: ConnectionOptions = {}): Promise<TLSSocket> {
  return await new Promise((resolve, reject) => {
    const settings = { port, host: '127.0.0.1', rejectUnauthorized: false, ...options };
    const socket = connect(settings, () => {
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

async function statusOn(socket: TLSSocket): Promise<number> {
  socket.write('GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return await new Promise((resolve, reject) => {
    socket.once('data', (bytes: Buffer) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString())?.[1]));
    });
    socket.once('error', reject);
  });
}

async function pairOf({ certificate, key }: Certificate): Promise<ConnectionOptions> {
  return { cert: await readFile(certificate), key: await readFile(key) };
}

test('HTTP/1.1 is agreed on, and nobody is spoken to who knows only something else', async () => {
  using socket = held(await open({ ALPNProtocols: ['h2', 'http/1.1'], servername: 'localhost' }));
  expect(socket.it.alpnProtocol).toBe('http/1.1');
  expect(socket.it.getProtocol()).toBe('TLSv1.3');
  await expect(open({ ALPNProtocols: ['h2'] })).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  });
});

test('a certificate that is over, or is for servers, says nothing of who it is', async () => {
  const cwd = dirname(ours.ca);
  const issue = async (name: string, ...more: string[]): Promise<ConnectionOptions> => {
    const signing = ['x509', '-req', '-in', 'alice.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key'];
    await run('openssl', [...signing, '-CAcreateserial', '-out', name, ...more], { cwd });
    return await pairOf({ certificate: join(cwd, name), key: join(cwd, 'alice.key') });
  };
  const alice = await pairOf(await ours.issue('alice'));
  const over = await issue('over.pem', '-days', '-1');
  await writeFile(join(cwd, 'usage'), 'extendedKeyUsage=serverAuth\n');
  const forServers = await issue('usage.pem', '-days', '3', '-extfile', 'usage');
  for (const [options, status] of [
    [alice, 200],
    [over, 401],
    [forServers, 401],
  ] as const) {
    using socket = held(await open(options));
    expect(await statusOn(socket.it)).toBe(status);
  }
});

test('a connection outlives new certificates; a session of former authorities is not resumed', async () => {
  const alice = await pairOf(await ours.issue('alice'));
  using socket = held(await open(alice));
  const session = new Promise<Buffer>((resolve) => socket.it.once('session', resolve));
  expect(await statusOn(socket.it)).toBe(200);
  const theirs = await makeAuthority();
  await copyFile(theirs.ca, clientCa);
  await server.server.reload();
  expect(await statusOn(socket.it)).toBe(200);
  using again = held(await open({ ...alice, session: await session }));
  expect(again.it.isSessionReused()).toBe(false);
  expect(await statusOn(again.it)).toBe(401);
  await copyFile(ours.ca, clientCa);
  await server.server.reload();
  using restored = held(await open(alice));
  expect(await statusOn(restored.it)).toBe(200);
});

test.each([
  ['nonsense', async () => await Promise.resolve('nonsense')],
  ['nothing', async () => await Promise.resolve('')],
  [
    'one authority and half of another',
    async () => {
      const pem = await readFile(ours.ca, 'utf8');
      return `${pem}${pem.slice(0, 200)}\n-----END CERTIFICATE-----\n`;
    },
  ],
])('authorities that are %s are refused', async (_, content) => {
  const path = join(dirname(ours.ca), 'wrong.pem');
  await writeFile(path, await content());
  await expect(readTls({ ...own, clientCa: path })).rejects.toMatchObject({ code: 'TLS_INVALID' });
});

test('who begins a handshake and never ends it is cut off', async () => {
  const options = { ...(await readTls({ ...own, clientCa: null })), handshakeTimeout: 200 };
  const bare = makeHttpServer(() => undefined, options);
  await new Promise<void>((done) => bare.listen(0, '127.0.0.1', done));
  const address = bare.address() as AddressInfo;
  const ended = [Buffer.of(), Buffer.of(0x16, 3, 1, 2, 0, 1)].map(
    async (bytes) =>
      await new Promise<void>((resolve) => {
        const socket = connectPlain(address.port, '127.0.0.1', () => socket.write(bytes));
        socket.on('error', () => undefined).once('close', () => resolve());
      }),
  );
  await Promise.all(ended);
  expect(await connectionsOf(bare)).toBe(0);
  bare.close();
});

async function connectionsOf(of: Server): Promise<number> {
  return await new Promise((resolve) => {
    of.getConnections((_, count) => {
      resolve(count);
    });
  });
}

function held(it: TLSSocket): Disposable & { readonly it: TLSSocket } {
  return { it, [Symbol.dispose]: () => void it.destroy() };
}
