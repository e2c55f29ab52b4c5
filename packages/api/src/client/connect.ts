import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { z } from 'zod';
import type { Route, Sent } from '../route.ts';
import { ROUTES, type RouteId, type Routes } from '../routes/index.ts';
import { problemIn, ApiProblem, ServiceUnreachable } from './problem.ts';

export interface ConnectOptions {
  /** Scheme, host and port. */
  readonly url: string;
  /** The platform’s own, without it; one with client certificates, for example. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The value of the Authorization header; asked for with each request. */
  readonly authorization?: (() => Promise<string | null>) | undefined;
}

type Given<R extends Route> = { readonly signal?: AbortSignal | undefined } & {
  readonly [Name in keyof Sent<R> as Sent<R>[Name] extends undefined ? never : Name]: Sent<R>[Name];
} & (R extends { readonly body: { readonly bytes: string } }
    ? { readonly bytes: Uint8Array }
    : object);

/** The JSON of the successful answers of a route. */
type Got<R extends Route> = {
  [Status in keyof R['answers']]: R['answers'][Status] extends {
    readonly json: infer S extends z.ZodType;
  }
    ? z.output<S>
    : undefined;
}[keyof R['answers']];

type Heard<R extends Route> = {
  [Status in keyof R['answers']]: R['answers'][Status] extends {
    readonly events: infer S extends z.ZodType;
  }
    ? z.output<S>
    : never;
}[keyof R['answers']];

/** What a call of a route is given, and what it answers. */
export type GivenTo<Id extends RouteId> = Given<Routes[Id]>;
export type GotFrom<Id extends RouteId> = Got<Routes[Id]>;

/** A service, called by the names of its routes. Answers are held to the contract. */
export interface Client {
  /**
   * What the route answers. A request that the contract lets be repeated is, a few times, where the service asks for
   * that or cannot be reached.
   *
   * @throws ApiProblem, ServiceUnreachable
   */
  call<Id extends RouteId>(id: Id, given: GivenTo<Id>): Promise<GotFrom<Id>>;
  /** The bytes that the route answers. @throws likewise */
  bytes<Id extends RouteId>(id: Id, given: Given<Routes[Id]>): Promise<ReadableStream<Uint8Array>>;
  /** Its events, over lost connections too, until the service ends them. @throws likewise */
  events<Id extends RouteId>(id: Id, given: Given<Routes[Id]>): AsyncIterable<Heard<Routes[Id]>>;
}

const TRIES = 4;
const LONGEST_WAIT = 30;

export function connect({ url, fetch = globalThis.fetch, authorization }: ConnectOptions): Client {
  async function send(id: RouteId, given: Loose, more: Record<string, string>): Promise<Response> {
    const route: Route = ROUTES[id];
    const who = (await authorization?.()) ?? null;
    const headers = { ...(who !== null && { authorization: who }), ...more };
    const { signal } = given;
    const asked = {
      method: route.method.toUpperCase(),
      redirect: 'error',
      ...(signal !== undefined && { signal }),
    } as const;
    try {
      return await fetch(new URL(addressOf(route, given), url), {
        ...asked,
        ...bodyOf(given, headers),
      });
    } catch (cause) {
      given.signal?.throwIfAborted();
      throw new ServiceUnreachable(`${url} cannot be reached`, { cause });
    }
  }

  async function ask(id: RouteId, given: Loose): Promise<Response> {
    const route: Route = ROUTES[id];
    const more = route.idempotent ? { 'idempotency-key': crypto.randomUUID() } : undefined;
    const isRepeatable = route.method === 'get' || route.idempotent === true;
    for (let left = isRepeatable ? TRIES : 1; ; left -= 1) {
      try {
        const answer = await send(id, given, more ?? {});
        if (answer.ok) return answer;
        throw await problemIn(answer);
      } catch (cause) {
        const wait = left > 1 ? waitAfter(cause, TRIES - left) : null;
        if (wait === null) throw cause;
        await pause(wait * 1000, given.signal);
      }
    }
  }

  return {
    async call(id, given) {
      const answer = await ask(id, given);
      return (await parsed(ROUTES[id], answer)) as never;
    },
    async bytes(id, given) {
      const answer = await ask(id, given);
      if (answer.body === null) throw new ServiceUnreachable('the answer is empty');
      return answer.body;
    },
    async *events(id, given) {
      const route: Route = ROUTES[id];
      const schema = Object.values(route.answers).find((answer) => 'events' in answer)?.events;
      let last: string | undefined;
      for (let failed = 0; ;) {
        try {
          const resumed: Record<string, string> =
            last === undefined ? {} : { 'last-event-id': last };
          const answer = await send(id, given, { accept: 'text/event-stream', ...resumed });
          if (!answer.ok || answer.body === null) throw await problemIn(answer);
          const lines = answer.body
            .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
            .pipeThrough(new EventSourceParserStream());
          for await (const { id: told, data } of lines as unknown as AsyncIterable<Told>) {
            failed = 0;
            last = told ?? last;
            yield schema?.parse(JSON.parse(data)) as never;
          }
          return;
        } catch (cause) {
          given.signal?.throwIfAborted();
          const isOver = cause instanceof ApiProblem && cause.status < 500 && cause.status !== 429;
          if (isOver || failed >= TRIES) throw cause;
          await pause(2 ** failed * 500, given.signal);
          failed += 1;
        }
      }
    },
  };
}

interface Told {
  readonly id?: string | undefined;
  readonly data: string;
}

interface Loose {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

function bodyOf({ bytes, body }: Loose, headers: Record<string, string>): RequestInit {
  if (bytes !== undefined) {
    const type = { 'content-type': 'application/octet-stream' };
    return { headers: { ...headers, ...type }, body: Uint8Array.from(bytes) };
  }
  if (body === undefined) return { headers };
  const type = { 'content-type': 'application/json' };
  return { headers: { ...headers, ...type }, body: JSON.stringify(body) };
}

function addressOf({ path }: Route, { params, query }: Loose): string {
  const named = (params ?? {}) as Readonly<Record<string, string>>;
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(named[name] ?? ''),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    const values = Array.isArray(value) ? value : [value];
    for (const each of values) if (each !== undefined) search.append(name, String(each));
  }
  const text = search.toString();
  return text === '' ? at : `${at}?${text}`;
}

async function parsed({ answers }: Route, answer: Response): Promise<unknown> {
  const expected = answers[answer.status];
  if (expected === undefined) throw new ServiceUnreachable(`it answered ${String(answer.status)}`);
  if (!('json' in expected)) return undefined;
  const told = expected.json.safeParse(await answer.json().catch(() => null));
  if (told.success) return told.data;
  throw new ServiceUnreachable('its answer is not by the contract: it may be of another version');
}

/** Seconds to wait before the next try; `null`: there is to be none. */
function waitAfter(cause: unknown, tried: number): number | null {
  if (cause instanceof ServiceUnreachable)
    return cause.cause === undefined ? null : 2 ** tried * 0.5;
  if (!(cause instanceof ApiProblem) || (cause.status !== 429 && cause.status !== 503)) return null;
  const wait = cause.retryAfter ?? 2 ** tried;
  return wait <= LONGEST_WAIT ? wait : null;
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
