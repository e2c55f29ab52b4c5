import { access, constants } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Authenticate } from '../auth/ports.ts';
import { serverError } from '../errors.ts';
import type { Metrics } from '../metrics/open-metrics.ts';
import type { Service } from '../service.ts';

export interface Beside {
  readonly service: Service;
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  /** The contract as JSON, and as a page to read. */
  readonly openApi: string;
  readonly reference: ReferencePage;
}

export interface ReferencePage {
  readonly html: string;
  readonly css: string;
}

/** Addresses that are no part of the contract: for those who look after the service, and who read about it. */
export function addBeside(app: Express, beside: Beside): void {
  const { service, authenticate, metrics, openApi, reference } = beside;
  const get = (
    path: string,
    answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  ): void => {
    const at = app.route(path);
    at.get(async (request, response) => {
      response.locals['route'] = path;
      await answer(request, response);
    });
    at.all((_request, response) => {
      response.setHeader('Allow', 'GET');
      throw serverError('METHOD_NOT_ALLOWED', 'this address takes GET');
    });
  };
  get('/healthz', (_request, response) => {
    send(response, 200, 'application/json', '{"alive":true}');
  });
  get('/readyz', async (_request, response) => {
    const failing = await firstFailing(service);
    const body = JSON.stringify({ ready: failing === null, failing });
    send(response, failing === null ? 200 : 503, 'application/json', body);
  });
  get('/metrics', async (request, response) => {
    const { principal } = await authenticate(request);
    if (principal.role === 'custodian') throw serverError('FORBIDDEN', 'this takes a role');
    send(response, 200, metrics.contentType, await metrics.text());
  });
  get('/openapi.json', (_request, response) => {
    send(response, 200, 'application/json', openApi);
  });
  get('/reference', (_request, response) => {
    const policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    response.setHeader('Content-Security-Policy', policy);
    send(response, 200, 'text/html; charset=utf-8', reference.html);
  });
  get('/reference.css', (_request, response) => {
    send(response, 200, 'text/css; charset=utf-8', reference.css);
  });
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/** What keeps the service from being of use; `null`: nothing. */
async function firstFailing({ catalog, instance, stopping }: Service): Promise<string | null> {
  if (stopping.aborted) return 'stopping';
  const isWritable = await access(instance.folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable) return 'state';
  return await catalog()
    .then(async (open) => await open.service.servers.list())
    .then(
      () => null,
      () => 'catalog',
    );
}
