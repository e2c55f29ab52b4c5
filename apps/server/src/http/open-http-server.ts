import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { Duplex } from 'node:stream';

/** Who says nothing for so long is not waited for. In milliseconds. */
const PATIENCE = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 20_000,
  connectionsCheckingInterval: 1000,
} satisfies ServerOptions;

const MOST_CONNECTIONS = 4096;
/** Bytes of all headers together. */
const MOST_HEADERS = 16 * 1024;

/** A server that cuts off who is too slow, too many or too large. It does not listen yet. */
export function makeHttpServer(listener: RequestListener, tls: TlsOptions | null): Server {
  const options = { ...PATIENCE, maxHeaderSize: MOST_HEADERS, insecureHTTPParser: false };
  const server =
    tls === null
      ? createServer(options, listener)
      : createTlsServer({ ...options, ...tls }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.maxHeadersCount = 64;
  server.maxRequestsPerSocket = 10_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(refusal(error.code ?? ''));
  });
  // Without a handshake no refusal gets through: the connection would wait for it for ever.
  server.on('tlsClientError', (_error: Error, socket: Duplex) => {
    socket.destroy();
  });
  return server;
}

/** What never became a request is answered without one. */
function refusal(code: string): string {
  const [status, words] =
    code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'its headers are too large']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'it did not come in time']
        : ['400 Bad Request', 'it is no HTTP request'];
  const body = JSON.stringify({
    type: 'urn:holdfast:problem:REQUEST_INVALID',
    title: 'Request invalid',
    status: Number(status.slice(0, 3)),
    code: 'REQUEST_INVALID',
    detail: `the request is wrong: ${words}`,
    remedy: 'Correct what is named; /openapi.json has the whole contract.',
    request: '-',
  });
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
