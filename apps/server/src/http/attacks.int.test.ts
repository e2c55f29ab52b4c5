import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../testing/open-test-server.ts';

let server: TestServer;
let port = 0;
beforeAll(async () => {
  server = await openTestServer();
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** What comes back on a connection for these bytes, until it ends or nothing more comes. */
async function raw(bytes: string | Buffer, patience = 1000): Promise<string> {
  return await new Promise((resolve) => {
    let all = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const done = (): void => {
      socket.destroy();
      resolve(all);
    };
    socket.setTimeout(patience, done);
    socket.on('data', (data) => {
      all += data.toString('latin1');
    });
    socket.on('close', done);
    socket.on('error', done);
  });
}

function request(head: string, body = ''): string {
  return `${head}\r\nHost: 127.0.0.1:${String(port)}\r\nConnection: close\r\n\r\n${body}`;
}

describe('headers', () => {
  test('every answer is strict, and none invites anybody from elsewhere', async () => {
    const paths = ['/v1/me', '/nope', '/v1/jobs/x', '/healthz'];
    for (const path of paths) {
      const { headers } = await server.call('GET', path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/);
    }
  });

  test('a request is called as its caller calls it, if that can be written anywhere', async () => {
    const named = await server.call('GET', '/v1/me', undefined, {
      'x-request-id': 'deploy-2026.1',
    });
    expect(named.headers.get('x-request-id')).toBe('deploy-2026.1');
    const forged = await raw(request('GET /v1/me HTTP/1.1\r\nX-Request-Id: a"b{}<script>'));
    expect(forged).not.toContain('<script>');
  });

  test('a preflight is not answered as one', async () => {
    const { status, headers } = await server.call('OPTIONS', '/v1/backups', undefined, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    });
    expect([401, 405]).toContain(status);
    expect(headers.get('access-control-allow-methods')).toBeNull();
  });

  test('another method is told which there are', async () => {
    const { status, headers, json } = await server.call('DELETE', '/v1/backups');
    expect({ status, code: json['code'] }).toEqual({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(headers.get('allow')).toBe('GET, POST');
  });

  test('headers that are too large, and too many, are refused', async () => {
    const large = await raw(request(`GET /v1/me HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}`));
    expect(large).toMatch(/^HTTP\/1\.1 431/);
    expect(large).toContain('problem+json');
  });

  test('a header cannot be smuggled in by a line end', async () => {
    const answer = await raw(request('GET /v1/me HTTP/1.1\r\nX-A: a\r\n : b'));
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    const url = await server.call('GET', '/v1/backups?secret=a%0d%0aX-Injected:%20yes');
    expect(url.headers.get('x-injected')).toBeNull();
    expect(url.status).toBe(400);
  });
});

describe('bodies', () => {
  const post = async (body: string, type = 'application/json'): Promise<number> => {
    const length = String(Buffer.byteLength(body));
    const head = `POST /v1/backups HTTP/1.1\r\nContent-Type: ${type}\r\nContent-Length: ${length}`;
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(request(head, body)))?.[1]);
  };

  test.each([
    ['what is no JSON', '{"secret":', 'application/json', 400],
    ['what is no UTF-8 by its own word', '{}', 'application/json; charset=utf-16', 415],
    ['another type', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['what is nested without end', '['.repeat(5000), 'application/json', 400],
    ['what would change every object', '{"__proto__":{"a":1}}', 'application/json', 400],
    [
      'the same, deep inside',
      '{"secret":"a","x":{"constructor":{"prototype":1}}}',
      'application/json',
      400,
    ],
    ['what is too large', JSON.stringify({ a: 'x'.repeat(70_000) }), 'application/json', 413],
    ['nothing', '', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
  ])('%s is refused', async (_, body, type, status) => {
    expect(await post(body, type)).toBe(status);
  });

  test('nothing of a body is in an answer or a log', async () => {
    const mark = 'mark-4711-of-a-body';
    for (const body of [`{"password":"${mark}"`, `{"${mark}":1}`, `{"secret":["${mark}"]}`]) {
      const head = `POST /v1/backups HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}`;
      expect(await raw(request(head, body))).not.toContain(mark);
    }
    expect(server.logged.join('')).not.toContain(mark);
  });

  test('Object stays what it was', () => {
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test('a body where none belongs, and one that is compressed, are refused', async () => {
    const get = 'GET /v1/me HTTP/1.1\r\nContent-Length: 3';
    expect(await raw(request(get, 'abc'))).toMatch(/^HTTP\/1\.1 415/);
    const gzip =
      'POST /v1/backups HTTP/1.1\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2';
    expect(await raw(request(gzip, '{}'))).toMatch(/^HTTP\/1\.1 415/);
  });

  test('bytes beyond what the address takes break it off, also when nobody said how many come', async () => {
    const chunk = 'a'.repeat(65_536);
    const chunks = `10000\r\n${chunk}\r\n`.repeat(20);
    const head =
      'PUT /v1/secrets/x/value HTTP/1.1\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked';
    expect(await raw(request(head, `${chunks}0\r\n\r\n`), 3000)).toMatch(/^HTTP\/1\.1 413/);
    const listed = await server.call('GET', '/v1/secrets');
    expect(listed.json).toMatchObject({ rows: [] });
  });

  test('two lengths, or a length beside chunks, are refused', async () => {
    const both =
      'POST /v1/backups HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked';
    expect(await raw(request(both, '0\r\n\r\nGET /v1/me HTTP/1.1\r\n\r\n'))).toMatch(
      /^HTTP\/1\.1 400/,
    );
    const two = 'POST /v1/backups HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3';
    expect(await raw(request(two, '{}'))).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe('addresses', () => {
  test.each([
    '/v1/jobs/..%2f..%2fetc%2fpasswd',
    '/v1/jobs/../../etc/passwd',
    '/v1/secrets/..%2f..%2fetc%2fpasswd',
    '/v1/secrets/%2e%2e',
    '/v1/secrets/a%00b',
    '/v1/secrets/%C0%AF',
    '/v1/secrets/%',
    '/v1/secrets/%E2%80%AE',
    `/v1/secrets/${'a'.repeat(300)}`,
    '/v1/media/..%5c..%5cwindows',
    '/v1/backups/1/file?copy=../../etc/passwd',
    '/v1/backups?limit=1&limit=2',
    '/v1/backups?limit[]=1',
    '/v1/backups?__proto__=1',
    '/v1/backups?after=%27%20or%201%3d1',
    '//v1/me',
    '/v1/me/',
    '/V1/me',
  ])('%s leads nowhere', async (path) => {
    const answer = await raw(request(`GET ${path} HTTP/1.1`));
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|404|405)/);
    expect(answer).toContain('application/problem+json');
    expect(answer).not.toContain('root:');
  });

  test('whatever bytes come, the answer is one of the contract, and never a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'QUERY'),
        fc.array(
          fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('v1', 'jobs', 'secrets', '..')),
        ),
        fc.string({ unit: 'binary', maxLength: 40 }),
        async (method, parts, query) => {
          const path = `/${parts.map(encodeURIComponent).join('/')}?${encodeURIComponent(query)}`;
          const answer = await raw(request(`${method} ${path} HTTP/1.1`));
          expect(answer).toMatch(/^HTTP\/1\.1 (?:2\d\d|302|4\d\d)/);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe('slow clients', () => {
  test('who sends a header now and then is cut off', async () => {
    const began = performance.now();
    const ended = await new Promise<string>((resolve) => {
      let all = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n');
      });
      const drip = setInterval(() => socket.write('X-A: b\r\n'), 500);
      socket.on('data', (data) => {
        all += data.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(drip);
        resolve(all);
      });
    });
    expect(ended).toMatch(/^HTTP\/1\.1 408/);
    expect(performance.now() - began).toBeLessThan(15_000);
  }, 30_000);

  test('a few hundred of them keep nobody else from being answered', async () => {
    const sockets = Array.from({ length: 300 }, () => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n'));
      return socket.on('error', () => undefined);
    });
    await after(300);
    expect((await server.call('GET', '/v1/me')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});

describe('the reference', () => {
  test('is a page without a script that names every address', async () => {
    const { text, headers } = await server.call('GET', '/reference');
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).not.toMatch(/<script|javascript:|https?:\/\//);
    expect(text).toContain('/v1/backups');
    expect(headers.get('content-security-policy')).toContain("style-src 'self'");
  });

  test('health and readiness need nobody', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      const { status } = await server.call('GET', path, undefined, { origin: 'http://elsewhere' });
      expect(status).toBe(200);
    }
    const metrics = await server.call('GET', '/metrics', undefined, { origin: 'http://elsewhere' });
    expect(metrics.status).toBe(401);
    expect((await server.call('GET', '/metrics')).text).toContain('holdfast_http_request_duration');
  });
});
