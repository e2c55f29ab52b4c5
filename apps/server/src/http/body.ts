import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import type { Route } from '@holdfast/api';
import { serverError } from '../errors.ts';
import { RequestFault } from './problem.ts';

/** Of JSON. Whatever is larger comes as bytes. */
const MOST_JSON = 64 * 1024;
const DEEPEST = 32;

export interface ReadBody {
  /** `undefined` of a route that takes none. */
  readonly json: unknown;
  /** SHA-256 would do to compare; these are wiped by whoever reads them. */
  readonly bytes: Uint8Array;
}

/**
 * Reads the JSON of a request, bounded in size and depth, without the names that change what an object is.
 *
 * @throws BODY_TOO_LARGE, BODY_UNSUPPORTED, REQUEST_INVALID
 */
export async function readJson(request: IncomingMessage): Promise<ReadBody> {
  assertType(request, 'application/json');
  const bytes = await readAll(request, MOST_JSON);
  const text = utf8(bytes);
  assertShallow(text);
  return { json: parse(text), bytes };
}

/** Nothing but what a route without a body may come with. @throws BODY_UNSUPPORTED */
export function assertNoBody(request: IncomingMessage): void {
  const length = Number(request.headers['content-length'] ?? '0');
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return;
  throw serverError('BODY_UNSUPPORTED', 'this address takes no body');
}

/**
 * The body as a stream that ends with BODY_TOO_LARGE when it is longer than the route takes.
 *
 * @throws BODY_TOO_LARGE, BODY_UNSUPPORTED
 */
export function bodyStream(request: IncomingMessage, route: Route): Readable {
  if (route.body === undefined || !('bytes' in route.body)) return emptyStream();
  assertType(request, route.body.bytes);
  const { maxBytes } = route.body;
  if (Number(request.headers['content-length'] ?? '0') > maxBytes) throw tooLarge(maxBytes);
  let length = 0;
  const bounded = new PassThrough();
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxBytes) bounded.destroy(tooLarge(maxBytes));
  });
  request.on('error', (cause) => bounded.destroy(cause));
  request.on('aborted', () =>
    bounded.destroy(new RequestFault([{ where: 'body', words: 'was cut off' }])),
  );
  return request.pipe(bounded);
}

function emptyStream(): Readable {
  const empty = new PassThrough();
  empty.end();
  return empty;
}

function assertType({ headers }: IncomingMessage, expected: string): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw serverError('BODY_UNSUPPORTED', 'a body may not be compressed');
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const isUtf8 = parameters.every((each) => /^\s*(?:charset="?utf-8"?)?\s*$/.test(each));
  if (type.trim() === expected && (isUtf8 || expected !== 'application/json')) return;
  throw serverError('BODY_UNSUPPORTED', `this address takes ${expected}`);
}

function tooLarge(most: number): Error {
  return serverError('BODY_TOO_LARGE', `a body here has at most ${String(most)} bytes`);
}

async function readAll(request: IncomingMessage, most: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? '0') > most) throw tooLarge(most);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw tooLarge(most);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  // They may hold a password.
  for (const chunk of chunks) chunk.fill(0);
  return bytes;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RequestFault([{ where: 'body', words: 'is not UTF-8' }]);
  }
}

/** Before it is parsed: what is nested without end is refused without being built. */
function assertShallow(text: string): void {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (isText) {
      if (character === 0x5c) at += 1;
      else if (character === 0x22) isText = false;
    } else if (character === 0x22) isText = true;
    else if (character === 0x7b || character === 0x5b) depth += 1;
    else if (character === 0x7d || character === 0x5d) depth -= 1;
    if (depth > DEEPEST) throw new RequestFault([{ where: 'body', words: 'is nested too deeply' }]);
  }
}

/** Names that would reach what every object inherits. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

function parse(text: string): unknown {
  const found: string[] = [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, (name, value: unknown) => {
      if (FORBIDDEN.has(name)) found.push(name);
      return value;
    });
  } catch {
    // The parser's own words quote what it was given.
    throw new RequestFault([{ where: 'body', words: 'is not JSON' }]);
  }
  if (found.length > 0)
    throw new RequestFault([{ where: 'body', words: 'has a name that is not allowed' }]);
  return parsed;
}
