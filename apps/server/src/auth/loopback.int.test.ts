import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFromHere, isLoopback } from './loopback.ts';

const server = createServer((request, response) => {
  response.end(isFromHere(request) ? 'here' : 'elsewhere');
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
});

/** Fetch would not send them all. */
async function seen(...headers: readonly string[]): Promise<string> {
  const request = ['GET / HTTP/1.0', ...headers, '', ''].join('\r\n').replaceAll('PORT', `${port}`);
  return await new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.once('end', () => {
      resolve(text.slice(text.lastIndexOf('\n') + 1));
    });
    socket.once('error', reject);
  });
}

test.each([
  ['Host: 127.0.0.1:PORT'],
  ['Host: localhost:PORT'],
  ['Host: [::1]:PORT'],
  ['Host: LOCALHOST'],
  ['Host: 127.0.0.1:PORT', 'Origin: http://127.0.0.1:PORT'],
])('%s is meant for this machine', async (...headers) => {
  expect(await seen(...headers)).toBe('here');
});

test.each([
  ['Host: evil.example'],
  ['Host: localhost.evil.example:PORT'],
  ['Host: 127.0.0.1.evil.example'],
  ['Host: 192.0.2.1'],
  ['Host: '],
  ['X-Forwarded-For: 127.0.0.1'],
  ['Host: evil.example', 'X-Forwarded-Host: localhost'],
  ['Host: 127.0.0.1:PORT', 'Origin: https://evil.example'],
  ['Host: 127.0.0.1:PORT', 'Origin: http://127.0.0.1:1'],
  ['Host: 127.0.0.1:PORT', 'Origin: null'],
])('%s is not', async (...headers) => {
  expect(await seen(...headers)).toBe('elsewhere');
});

test.each([
  ['127.0.0.1', true],
  ['127.255.1.2', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['127.evil.example', false],
  ['::2', false],
  ['unknown', false],
])('whether %s is this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
