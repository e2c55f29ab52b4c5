import { tokenError } from '../errors.ts';
import type { Reply, RequestMessage, RequestName, Requests } from './requests.ts';
import { wipe } from './wipe.ts';

/** A request on its way. */
export interface Job {
  readonly message: RequestMessage;
  /** The first time counts: what comes later, after it was cancelled, is wiped. */
  settle(reply: Reply | Error): void;
}

export function createJob<Name extends RequestName>(
  message: RequestMessage,
): { readonly job: Job; readonly result: Promise<Requests[Name]['output']> } {
  const { promise, resolve, reject } = Promise.withResolvers<Requests[Name]['output']>();
  let settled = false;
  const settle = (reply: Reply | Error): void => {
    if (settled) {
      if (!(reply instanceof Error)) wipe(reply.output);
      return;
    }
    settled = true;
    if (reply instanceof Error) reject(reply);
    else if (reply.failure === undefined) resolve(reply.output as Requests[Name]['output']);
    else reject(tokenError(reply.failure.code, reply.failure.message));
  };
  return { job: { message, settle }, result: promise };
}
