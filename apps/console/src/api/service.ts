import { connect, type Client } from '@holdfast/api/client';

/** What tells the service that a request is this page’s; in memory only. */
let csrf: string | null = null;
let onEnd: () => void = () => undefined;

export function vouchWith(token: string | null): void {
  csrf = token;
}

/** Called when the service no longer knows the session. */
export function whenSessionEnds(told: () => void): void {
  onEnd = told;
}

async function fetchInSession(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const vouched = csrf;
  if (vouched !== null) headers.set('X-CSRF-Token', vouched);
  const answer = await fetch(input, { ...init, headers, credentials: 'same-origin' });
  if (answer.status === 401 && vouched !== null && vouched === csrf) onEnd();
  return answer;
}

/** The service that this page came from. */
export const service: Client = connect({ url: location.origin, fetch: fetchInSession });

/** The same, for whoever proves who they are by a token: once, to begin a session. */
export function serviceFor(token: string | null): Client {
  return connect({
    url: location.origin,
    authorization: async () => await Promise.resolve(token === null ? null : `Bearer ${token}`),
  });
}
