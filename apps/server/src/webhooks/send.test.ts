import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebhookConfig } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/service';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { attempt } from './send.ts';

const NEVER = new AbortController().signal;
const DELIVERY: Delivery = {
  ...{
    id: 'c0ffee00-0000-4000-8000-000000000000',
    webhook: 'chat',
    body: '{"type":"x"}',
    attempt: 0,
  },
  ...{ next: '2026-01-01T00:00:00.000Z', state: 'waiting', outcome: null },
  created: '2026-01-01T00:00:00.000Z',
};

async function openReceiver(
  listener: RequestListener,
): Promise<AsyncDisposable & { readonly webhook: WebhookConfig }> {
  const secretFile = join(await mkdtemp(join(tmpdir(), 'holdfast-hook-')), 'secret');
  await writeFile(secretFile, 'whsec_c2VjcmV0\n');
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    webhook: { url: `http://127.0.0.1:${String(port)}/hook`, secretFile, events: [] },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function answering(status: number, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end());
  };
}

test('the receiver gets the body, signed, and the delivery is done', async () => {
  let verified: unknown;
  await using receiver = await openReceiver((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      verified = new Webhook('whsec_c2VjcmV0').verify(Buffer.concat(chunks).toString(), headers);
      response.end();
    });
  });
  expect(await attempt(DELIVERY, receiver.webhook, NEVER)).toMatchObject({
    ...{ state: 'delivered', attempt: 1, next: null },
  });
  expect(verified).toEqual({ type: 'x' });
});

test('what fails is tried again later and later, and given up in the end', async () => {
  await using receiver = await openReceiver(answering(500));
  let delivery = DELIVERY;
  const waits: number[] = [];
  while (delivery.state === 'waiting') {
    delivery = await attempt(delivery, receiver.webhook, NEVER);
    if (delivery.next !== null) waits.push(Date.parse(delivery.next) - Date.now());
  }
  expect(delivery).toMatchObject({ state: 'given-up', attempt: 8, outcome: 'answered 500' });
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits).toHaveLength(7);
});

test('a receiver that answers 410 is not asked again', async () => {
  await using receiver = await openReceiver(answering(410));
  expect(await attempt(DELIVERY, receiver.webhook, NEVER)).toMatchObject({ state: 'given-up' });
});

test('nobody is followed to another address', async () => {
  const reached: string[] = [];
  await using other = await openReceiver((request, response) => {
    reached.push(request.url ?? '');
    response.end();
  });
  await using receiver = await openReceiver(answering(307, { location: other.webhook.url }));
  const done = await attempt(DELIVERY, receiver.webhook, NEVER);
  expect(done).toMatchObject({ state: 'waiting', attempt: 1 });
  expect(reached).toEqual([]);
});

test('a receiver that is not there, and a secret that is not, are told in words and tried again', async () => {
  await using receiver = await openReceiver(answering(200));
  const { webhook } = receiver;
  const away = await attempt(DELIVERY, { ...webhook, url: 'http://127.0.0.1:1/' }, NEVER);
  expect(away).toMatchObject({ state: 'waiting' });
  expect(away.outcome).toMatch(/^not reached/);
  const unsigned = await attempt(DELIVERY, { ...webhook, secretFile: '/nonexistent' }, NEVER);
  expect(unsigned).toMatchObject({ state: 'waiting', outcome: 'its secret-file cannot be read' });
});

test('a webhook that is no longer configured is given up', async () => {
  expect(await attempt(DELIVERY, undefined, NEVER)).toMatchObject({ state: 'given-up' });
});
