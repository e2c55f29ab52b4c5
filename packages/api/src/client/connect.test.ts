import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connect, type Client } from './connect.ts';

const ID = '0b5c6b7e-58b1-4c0c-9d0a-3f1a3d1c2b4a';
const TIME = '2026-01-01T00:00:00.000Z';
const JOB = {
  ...{ id: ID, kind: 'backup', state: 'finished', secret: 'app', backup: null, request: {} },
  ...{ who: 'alice', from: '127.0.0.1', created: TIME, started: TIME, ended: TIME, server: null },
  ...{ attempt: 1, progress: null, approval: null, failure: null, result: {}, file: false },
};

interface Speaking extends AsyncDisposable {
  readonly client: Client;
  readonly asked: string[];
}

async function openSpeaking(...listeners: RequestListener[]): Promise<Speaking> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push([method, url, headers.authorization, headers['last-event-id']].join(' ').trim());
    const listener = listeners[Math.min(asked.length, listeners.length) - 1];
    request.resume().on('end', () => listener?.(request, response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    client: connect({ url, authorization: async () => await Promise.resolve('Bearer x') }),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

function problem(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): RequestListener {
  const told = { type: 'urn:x', title: 'x', status, code, detail: 'd', remedy: 'r', request: 'q' };
  return json(status, told, headers);
}

test('a route is called by its name, its parameters in their places', async () => {
  await using it = await openSpeaking(json(200, { rows: [JOB], next: null }), json(200, JOB));
  const page = await it.client.call('listJobs', { query: { limit: 5, state: 'finished' } });
  expect(page.rows[0]?.id).toBe(ID);
  await it.client.call('showJob', { params: { id: ID } });
  expect(it.asked).toEqual([
    'GET /v1/jobs?limit=5&state=finished Bearer x',
    `GET /v1/jobs/${ID} Bearer x`,
  ]);
});

test('what the service refuses is told with its code, and not asked again', async () => {
  await using it = await openSpeaking(problem(404, 'JOB_NOT_FOUND'));
  await expect(it.client.call('showJob', { params: { id: ID } })).rejects.toMatchObject({
    ...{ name: 'ApiProblem', status: 404, code: 'JOB_NOT_FOUND', remedy: 'r', request: 'q' },
  });
  expect(it.asked).toHaveLength(1);
});

test('it comes again when it is asked to, with the same key', async () => {
  const keys: unknown[] = [];
  const busy: RequestListener = (request, response) => {
    keys.push(request.headers['idempotency-key']);
    problem(503, 'OVERLOADED', { 'retry-after': '0' })(request, response);
  };
  const done: RequestListener = (request, response) => {
    keys.push(request.headers['idempotency-key']);
    json(202, JOB)(request, response);
  };
  await using it = await openSpeaking(busy, done);
  await it.client.call('createBackup', { body: { secret: 'app', to: ['usb'] } });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test('what may not be done twice is not asked twice', async () => {
  await using it = await openSpeaking(problem(503, 'OVERLOADED', { 'retry-after': '0' }));
  await expect(it.client.call('cancelJob', { params: { id: ID } })).rejects.toMatchObject({
    status: 503,
  });
  expect(it.asked).toHaveLength(1);
});

test('an answer that is none of the contract is not believed', async () => {
  await using it = await openSpeaking(json(200, { id: 3 }));
  await expect(it.client.call('showJob', { params: { id: ID } })).rejects.toMatchObject({
    name: 'ServiceUnreachable',
  });
  const nobody = connect({ url: 'http://127.0.0.1:9' });
  await expect(nobody.call('approveJob', { params: { id: ID } })).rejects.toMatchObject({
    name: 'ServiceUnreachable',
  });
});

test('events go on after a lost connection where they were, and end with the job', async () => {
  const event = (sequence: number, state: string): string =>
    `id: ${String(sequence)}\ndata: ${JSON.stringify({ sequence, time: TIME, type: 'state', state })}\n\n`;
  const begun: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event(1, 'queued') + event(2, 'running'), () => response.destroy());
  };
  const rest: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(event(3, 'finished'));
  };
  await using it = await openSpeaking(begun, rest);
  const states: unknown[] = [];
  for await (const { state } of it.client.events('followJob', { params: { id: ID } }))
    states.push(state);
  expect(states).toEqual(['queued', 'running', 'finished']);
  expect(it.asked[1]).toBe(`GET /v1/jobs/${ID}/events Bearer x 2`);
});
