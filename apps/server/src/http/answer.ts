import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Route } from '@holdfast/api';
import type { Reply } from './handler.ts';
import { problemOf, type Answered } from './problem.ts';
import { sendEvents } from './sse.ts';

/** A JSON answer as it goes out, and may be kept for the same request again. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type AnyReply = Reply<Route>;

/** Whether it can be kept: bytes and events cannot. */
export function jsonAnswer(reply: AnyReply): JsonAnswer | null {
  if ('bytes' in reply || 'events' in reply) return null;
  const headers = 'headers' in reply ? (reply.headers ?? {}) : {};
  return {
    status: reply.status,
    headers,
    body: 'json' in reply ? JSON.stringify(reply.json) : '',
  };
}

export function sendJson(response: ServerResponse, { status, headers, body }: JsonAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === '') {
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/** Sends what cannot be kept. Resolves when it is out, or the caller is gone. */
export async function sendLong(
  response: ServerResponse,
  route: Route,
  reply: AnyReply,
): Promise<void> {
  if ('events' in reply) {
    await sendEvents(response, reply.events);
    return;
  }
  if (!('bytes' in reply)) return;
  const answer = route.answers[reply.status];
  const type =
    answer !== undefined && 'bytes' in answer ? answer.bytes : 'application/octet-stream';
  response.statusCode = reply.status;
  response.setHeader('Content-Type', type);
  if (reply.size !== undefined) response.setHeader('Content-Length', reply.size);
  if (reply.fileName !== undefined) {
    response.setHeader('Content-Disposition', `attachment; ${fileNames(reply.fileName)}`);
  }
  // When it fails midway the connection breaks: a file that is cut short must not look whole.
  await pipeline(reply.bytes, response).catch(() => response.destroy());
}

/** RFC 6266: for everybody, and in UTF-8 for those who can. */
function fileNames(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return `filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, '_')}`;
}

/** Answers with a problem, unless the answer has begun: then the connection breaks. */
export function sendProblem(response: ServerResponse, error: unknown, request: string): Answered {
  const answered = problemOf(error, request);
  if (response.headersSent) {
    response.destroy();
    return answered;
  }
  const { problem, retryAfter } = answered;
  const body = JSON.stringify(problem);
  response.statusCode = problem.status;
  if (retryAfter !== null) response.setHeader('Retry-After', retryAfter);
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="holdfast"');
  // What is left of its body is not read: the connection cannot go on.
  if (problem.status === 413) response.setHeader('Connection', 'close');
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
  return answered;
}
