import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '@holdfast/api';
import type { BrowserSession } from '../auth/login.ts';
import { isSafe } from '../auth/own-page.ts';
import { actorOf } from '../auth/principal.ts';
import { jsonAnswer, sendJson, sendLong, type JsonAnswer } from './answer.ts';
import { authorize } from './authorize.ts';
import { assertNoBody, bodyStream, readJson } from './body.ts';
import type { Call, Reply } from './handler.ts';
import { answerOnce } from './idempotency.ts';
import type { AppParts } from './app-parts.ts';
import { Later } from './problem.ts';
import { remoteAddress } from './remote-address.ts';
import { validate } from './validate.ts';

export type AnyHandler = (call: Call<Route>) => Promise<Reply<Route>>;

export interface Matched {
  readonly id: string;
  readonly route: Route;
  readonly handler: AnyHandler;
  readonly params: Readonly<Record<string, string>>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const NOTHING = new Uint8Array();

/** Who it is, whether they may, whether it fits; then it is done, and answered. */
export async function answerRoute(matched: Matched, parts: AppParts): Promise<void> {
  const { id, route, handler, params, request, response } = matched;
  const { service, load } = parts;
  const { locals } = response as unknown as { locals: Record<string, unknown> };
  if (service.stopping.aborted) throw new Later('STOPPING', 'this server ends', 5);
  const isListener = Object.values(route.answers).some((answer) => 'events' in answer);
  using _place = load.enter(isListener ? 'listener' : 'request');
  const login = await parts.authenticate(request);
  const { principal, session } = login;
  locals['who'] = principal.name;
  authorize(route, principal, params);
  const url = request.url ?? '';
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const takesJson = route.body !== undefined && 'json' in route.body;
  if (route.body === undefined) assertNoBody(request);
  const { json, bytes } = takesJson ? await readJson(request) : { json: undefined, bytes: NOTHING };
  try {
    const checked = validate(route, { params, query, body: json });
    const from = remoteAddress(request);
    const call = {
      ...checked,
      ...{ service, principal, login, from, id: String(locals['id']) },
      host: headerOf(request, 'host') ?? '',
      actor: actorOf(principal, from),
      // Made for those who look at it: it costs more than many an answer.
      get signal() {
        return signalOf(response, service.stopping, session);
      },
      get stream() {
        return bodyStream(request, route);
      },
      lastEventId: headerOf(request, 'last-event-id'),
      mustApprove:
        route.fourEyes !== undefined && service.config.server.fourEyes.includes(route.fourEyes),
    } as unknown as Call<Route>;
    const handle = async (): Promise<Reply<Route>> => {
      const reply = await handler(call);
      if (parts.checkAnswers) assertAnswer(id, route, reply);
      // Pages ask all the time: it is by what somebody does that they are there.
      if (session !== null && !isSafe(request.method)) service.browserSessions.keep(session);
      return reply;
    };
    const run = async (): Promise<JsonAnswer> => {
      const answer = jsonAnswer(await handle());
      if (answer === null) throw new TypeError('what is answered once has to be JSON');
      return answer;
    };
    if (route.idempotent) {
      const asked = { route: id, principal, url, body: bytes };
      sendJson(response, await answerOnce(request, asked, service, run));
      return;
    }
    const reply = await handle();
    const answer = jsonAnswer(reply);
    if (answer === null) await sendLong(response, route, reply);
    else sendJson(response, answer);
  } finally {
    bytes.fill(0);
  }
}

/** Fires when the caller is gone, or logged out, or the program is asked to end. */
function signalOf(
  response: ServerResponse,
  stopping: AbortSignal,
  session: BrowserSession | null,
): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once('close', () => {
    gone.abort();
  });
  return AbortSignal.any([gone.signal, stopping, ...(session === null ? [] : [session.over])]);
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Throws a defect when an answer is not what the contract says. */
function assertAnswer(id: string, { answers }: Route, reply: Reply<Route>): void {
  const answer = answers[reply.status];
  if (answer === undefined) throw new TypeError(`${id} has no answer ${String(reply.status)}`);
  if (!('json' in answer)) return;
  const json = 'json' in reply ? reply.json : undefined;
  const { success, error } = answer.json.safeParse(json);
  if (success) return;
  const where = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new TypeError(`${id} does not answer by the contract: ${where.join('; ')}`);
}
