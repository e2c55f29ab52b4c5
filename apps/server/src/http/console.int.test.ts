import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

const SCRIPT = 'document.title = "Holdfast";';

let folder = '';
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-console-'));
  const assets = join(folder, 'assets');
  await mkdir(assets);
  const page = '<meta name="csp-nonce" content="__CSP_NONCE__"><p>__CSP_NONCE__</p>';
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'beside.txt'), 'mark-of-beside');
  await writeFile(join(assets, 'main-4711.js'), SCRIPT);
  await writeFile(join(assets, 'main-4711.js.br'), brotliCompressSync(SCRIPT));
  await writeFile(join(assets, 'gone-4711.js'), SCRIPT);
  server = await openTestServer({ consoleFolder: folder });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What a browser never sends: fetch would tidy the path. */
async function raw(path: string): Promise<string> {
  const { port } = new URL(server.url);
  return await new Promise((resolve, reject) => {
    let all = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (data) => (all += data.toString('latin1')));
    socket.once('close', () => {
      resolve(all);
    });
    socket.once('error', reject);
  });
}

test.each(['/', '/console'])('%s leads to the console', async (path) => {
  const answer = await fetch(`${server.url}${path}`, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('/console/');
});

test.each(['/console/', '/console/backups', '/console/jobs/1?tab=2'])(
  '%s is the one page, for nobody to keep',
  async (path) => {
    const { status, headers, text } = await server.call('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(text).toContain('csp-nonce');
  },
);

test('each answer has a nonce of its own, and nothing runs that is not ours', async () => {
  const nonces = new Set<string>();
  for (let count = 0; count < 3; count += 1) {
    const { headers, text } = await server.call('GET', '/console/');
    const policy = headers.get('content-security-policy') ?? '';
    const [, nonce = ''] = /style-src 'self' 'nonce-([\w+/]{22}==)'/.exec(policy) ?? [];
    expect(text).toBe(`<meta name="csp-nonce" content="${nonce}"><p>${nonce}</p>`);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test('what the page asks for may be kept for ever, and comes compressed', async () => {
  const answer = await server.call('GET', '/console/assets/main-4711.js', undefined, {
    'accept-encoding': 'gzip, br',
  });
  expect(answer.status).toBe(200);
  expect(answer.text).toBe(SCRIPT);
  const { headers } = answer;
  expect(headers.get('content-encoding')).toBe('br');
  expect(headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(headers.get('vary')).toBe('Accept-Encoding');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const plain = await server.call('GET', '/console/assets/main-4711.js', undefined, {
    'accept-encoding': 'identity',
  });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.text).toBe(SCRIPT);
});

test.each([
  '/console/assets/nope.js',
  '/console/assets/..%2fbeside.txt',
  '/console/assets/../beside.txt',
  '/console/assets/%2e%2e/beside.txt',
  '/console/assets/../../../../etc/passwd',
  '/console/assets//etc/passwd',
  '/console/assets/..%5cbeside.txt',
  '/console/assets/%00',
  '/console/assets/%',
])('%s leads nowhere', async (path) => {
  const answer = await raw(path);
  expect(answer).toMatch(/^HTTP\/1\.1 40[04]/);
  expect(answer).toContain('application/problem+json');
  expect(answer).not.toMatch(/mark-of-beside|root:/);
});

test('nothing beside the page and its assets is served', async () => {
  const { text } = await server.call('GET', '/console/beside.txt');
  expect(text).not.toContain('mark-of-beside');
});

test('a range that is none is answered with the whole', async () => {
  const { status, text } = await server.call('GET', '/console/assets/main-4711.js', undefined, {
    ...{ range: 'bytes=4-2', 'accept-encoding': 'identity' },
  });
  expect({ status, text }).toEqual({ status: 200, text: SCRIPT });
});

test('a file that is taken away meanwhile ends its own answer only', async () => {
  await rm(join(folder, 'assets/gone-4711.js'));
  await expect(server.call('GET', '/console/assets/gone-4711.js')).rejects.toThrow();
  expect((await server.call('GET', '/healthz')).status).toBe(200);
});

test.each(['/', '/console/', '/console/assets/main-4711.js'])('%s takes GET only', async (path) => {
  const { status, headers, json } = await server.call('POST', path);
  expect({ status, code: json['code'] }).toEqual({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  expect(headers.get('allow')).toBe('GET');
});

test('logs have all of it under one name', async () => {
  await server.call('GET', '/console/anything/at/all');
  const lines = server.logged.map((line) => JSON.parse(line) as { route?: string });
  expect(lines.some(({ route }) => route === '/console')).toBe(true);
  expect(server.logged.join('')).not.toContain('anything');
});

test('a server that came without its console says so', async () => {
  const empty = join(folder, 'none');
  await using bare = await openTestServer({ consoleFolder: empty });
  for (const path of ['/console/', '/console/assets/main-4711.js']) {
    const { json } = await bare.call('GET', path);
    expect(json).toMatchObject({ status: 404, code: 'CONSOLE_NOT_BUILT' });
    expect(json['remedy']).not.toBe('');
  }
  expect((await bare.call('GET', '/v1/me')).status).toBe(200);
});
