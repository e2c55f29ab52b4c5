import type { Answer, TestServer } from './open-test-server.ts';

/** Somebody’s browser: it sends the cookie that it was given, and the page in it what the session told it. */
export interface TestBrowser {
  /** The Set-Cookie that it was given last. */
  readonly setCookie: string;
  readonly session: Record<string, unknown>;
  /** As its page asks; headers that are `undefined` are left out. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<Answer>;
}

/** Logs in by what the headers say; by being on this machine, without any. */
export async function openBrowser(
  server: TestServer,
  headers: Record<string, string> = {},
): Promise<TestBrowser> {
  const begun = await server.call('POST', '/v1/session', undefined, headers);
  if (begun.status !== 201) throw new Error(`no session: ${begun.text}`);
  const setCookie = begun.headers.get('set-cookie') ?? '';
  const [cookie = ''] = setCookie.split(';');
  return {
    ...{ setCookie, session: begun.json },
    async call(method, path, body, more = {}) {
      const sent: Readonly<Record<string, string | undefined>> = {
        cookie,
        'x-csrf-token': String(begun.json['csrf']),
        ...more,
      };
      const given = Object.entries(sent).filter(
        (each): each is [string, string] => each[1] !== undefined,
      );
      return await server.call(method, path, body, Object.fromEntries(given));
    },
  };
}
