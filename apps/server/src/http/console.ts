import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import sirv from 'sirv';
import { serverError } from '../errors.ts';

/** In the source tree where it is built; in the package beside the program. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../console/dist' : './console', import.meta.url),
);
const PLACE_OF_NONCE = '__CSP_NONCE__';
/** Names of files there hold the hash of what is in them: one of them never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The console as it was built, read once. */
export interface ConsoleFiles {
  /** The one page, in which `__CSP_NONCE__` stands for what each answer has anew. */
  readonly page: string;
  /** What the page asks for. Calls back where there is nothing of that name. */
  readonly assets: ReturnType<typeof sirv>;
}

/** `null`: none was built. */
export async function readConsole(folder: string = BUILT): Promise<ConsoleFiles | null> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  const assets = join(folder, 'assets');
  if (page === null || !existsSync(assets)) return null;
  const setHeaders = (response: ServerResponse): void => {
    response.setHeader('Cache-Control', FOR_EVER);
  };
  return { page, assets: sirv(assets, { extensions: [], brotli: true, gzip: true, setHeaders }) };
}

/** The console’s addresses. Whoever they are, it is only its own page that says so to the service. */
export function addConsole(app: Express, files: ConsoleFiles | null): void {
  for (const path of ['/', '/console']) {
    answerGet(app, path, (_request, response) => {
      response.statusCode = 302;
      response.setHeader('Location', '/console/');
      response.end();
    });
  }
  answerGet(app, '/console/assets/*name', (request, response) => {
    sendAsset(request, response, built(files));
  });
  answerGet(app, '/console/{*view}', (_request, response) => {
    sendPage(response, built(files));
  });
}

/** @throws CONSOLE_NOT_BUILT */
function built(files: ConsoleFiles | null): ConsoleFiles {
  if (files !== null) return files;
  throw serverError('CONSOLE_NOT_BUILT', 'this server came without its console');
}

function answerGet(
  app: Express,
  path: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const at = app.route(path);
  at.get((request, response) => {
    response.locals['route'] = '/console';
    answer(request, response);
  });
  at.all((_request, response) => {
    response.locals['route'] = '/console';
    response.setHeader('Allow', 'GET');
    throw serverError('METHOD_NOT_ALLOWED', 'this address takes GET');
  });
}

function sendPage(response: ServerResponse, { page }: ConsoleFiles): void {
  const nonce = randomBytes(16).toString('base64');
  const body = page.replaceAll(PLACE_OF_NONCE, nonce);
  response.setHeader('Content-Security-Policy', policyWith(nonce));
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/**
 * Styles that a script makes carry the nonce; nothing else of what is on the page may run or come from elsewhere.
 * Trusted types are not asked for: the style elements of Mantine are filled as HTML is.
 */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  { assets }: ConsoleFiles,
): void {
  // Of a range that is none sirv makes an exception.
  delete request.headers.range;
  // It looked at the folder once: a file that was replaced since then must not end the program.
  response.once('pipe', (source) => {
    source.once('error', () => response.destroy());
  });
  const url = request.url ?? '';
  request.url = url.slice('/console/assets'.length);
  assets(request, response, () => {
    request.url = url;
    throw serverError('NOT_FOUND', 'the console has no file of that name');
  });
}
