import type { IncomingMessage, ServerResponse } from 'node:http';
import { ROUTES, type Route } from '@holdfast/api';
import express, { type Express } from 'express';
import { serverError } from '../errors.ts';
import { sendProblem } from './answer.ts';
import type { Handlers } from './handler.ts';
import { setStrictHeaders } from './headers.ts';
import { requestId } from './request-id.ts';
import { answerRoute, type AnyHandler } from './answer-route.ts';
import type { AppParts } from './app-parts.ts';
import { remoteAddress } from './remote-address.ts';

/** The program that every request goes through. */
export function openApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Queries are read from the address itself, by the contract.
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.set('strict routing', true);

  app.use((request, response, next) => {
    begin(request, response, parts);
    next();
  });
  parts.beside?.(app);
  for (const [path, methods] of byPath()) {
    const at = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const [id, route] of methods) {
      const handler = parts.handlers[id as keyof Handlers] as unknown as AnyHandler;
      at[route.method](async (request, response) => {
        response.locals['route'] = id;
        const { params } = request as { params: Record<string, string> };
        await answerRoute({ id, route, handler, params, request, response }, parts);
      });
    }
    const allow = methods.map(([, { method }]) => method.toUpperCase()).join(', ');
    at.all((_request, response) => {
      response.setHeader('Allow', allow);
      throw serverError('METHOD_NOT_ALLOWED', `this address takes ${allow}`);
    });
  }
  app.use(() => {
    throw serverError('NOT_FOUND', 'there is nothing at this address');
  });
  app.use((error: unknown, request: IncomingMessage, response: ServerResponse, _next: unknown) => {
    fail(error, request, response, parts);
  });
  return app;
}

function begin(request: IncomingMessage, response: ServerResponse, parts: AppParts): void {
  const began = performance.now();
  const id = requestId(request);
  const locals = (response as unknown as { locals: Record<string, unknown> }).locals;
  locals['id'] = id;
  response.setHeader('X-Request-Id', id);
  setStrictHeaders(response, parts.isTls);
  const from = remoteAddress(request);
  response.once('close', () => {
    const seconds = (performance.now() - began) / 1000;
    const route = typeof locals['route'] === 'string' ? locals['route'] : 'none';
    const method = request.method ?? '';
    const status = response.statusCode;
    parts.onAnswer?.({ route, method, status, seconds });
    const { who, code } = locals as { who?: string; code?: string };
    parts.service.log.info(
      { request: id, route, method, status, from, who, code, seconds: Number(seconds.toFixed(4)) },
      response.writableFinished ? 'answered' : 'broken off',
    );
  });
}

function fail(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  { service }: AppParts,
): void {
  const { locals } = response as unknown as { locals: Record<string, unknown> };
  const id = String(locals['id']);
  // What express itself refuses, such as an address that cannot be decoded.
  const status = error instanceof Error && 'status' in error ? error.status : null;
  const known =
    typeof status === 'number' && status < 500
      ? serverError('REQUEST_INVALID', 'the address cannot be read')
      : error;
  const { problem, isOurs } = sendProblem(response, known, id);
  locals['code'] = problem.code;
  if (isOurs) service.log.error({ err: error, request: id }, 'a request failed');
  if (!request.complete) request.unpipe();
}

function byPath(): Map<string, [string, Route][]> {
  const paths = new Map<string, [string, Route][]>();
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    const methods = paths.get(route.path) ?? [];
    methods.push([id, route]);
    paths.set(route.path, methods);
  }
  // `/v1/x/check` before `/v1/x/{name}`: what is named comes before what can be anything.
  const order = (path: string): string => path.replaceAll('{', '\uffff');
  return new Map([...paths].toSorted(([a], [b]) => (order(a) < order(b) ? -1 : 1)));
}
