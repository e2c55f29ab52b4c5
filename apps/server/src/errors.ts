import { HoldfastError } from '@holdfast/core';

const REMEDIES = {
  REQUEST_INVALID: 'Correct what is named; /openapi.json has the whole contract.',
  NOT_FOUND: 'Check the address; /reference shows what there is.',
  METHOD_NOT_ALLOWED: 'See Allow for the methods that this address takes.',
  NOT_ACCEPTABLE: 'Ask for application/json, or for what the contract names.',
  BODY_TOO_LARGE: 'Send less; /openapi.json says how much this address takes.',
  BODY_UNSUPPORTED: 'Send application/json, or what the contract names for this address.',
  UNAUTHENTICATED:
    'Send a client certificate, or an Authorization header with a bearer token that is valid.',
  FORBIDDEN: 'Ask an administrator to do it, or to give you the role that may.',
  CSRF_REFUSED:
    'Open /console/ anew. A program sends X-CSRF-Token as GET /v1/session tells it, or a bearer token and no cookie.',
  TOO_MANY_FAILURES: 'Wait as long as Retry-After says.',
  ISSUER_UNREACHABLE: 'Try again when the OpenID provider can be reached from the service.',
  OVERLOADED: 'Try again after as many seconds as Retry-After says.',
  STOPPING: 'Try again after as many seconds as Retry-After says: this server ends, or begins.',
  KEY_REUSED: 'Use a new Idempotency-Key for a new request.',
  KEY_IN_USE: 'Wait: the first request with this Idempotency-Key is still being answered.',
  KEY_INVALID: 'Send an Idempotency-Key of 1 to 200 letters, digits, dots, dashes and underscores.',
  JOB_NOT_FOUND: 'See the jobs that are known at /v1/jobs.',
  JOB_STATE: 'Look at the job again: it has gone on meanwhile.',
  APPROVAL_SELF: 'Ask another administrator: whoever asked for it cannot approve it.',
  FILE_GONE: 'Ask for it again: the file of a job is kept for an hour, and not over a restart.',
  INTERRUPTED: 'See what stands with status, and ask for the job again.',
  TARGET_UNKNOWN: 'Name a target of the configuration, in [targets.NAME].',
  FOLDER_UNKNOWN: 'Name a folder of the configuration, in [folders.NAME].',
  SESSION_NOT_FOUND: 'Begin a new session: it has ended, or the server that held it has.',
  SESSION_OVER: 'Begin a new session: this one was used, or its time is over.',
  SCHEDULE_NOT_FOUND: 'See the schedules at /v1/schedules.',
  SCHEDULE_INVALID: 'Write five fields as in crontab(5), and a time zone as Europe/Vienna.',
  CONSOLE_NOT_BUILT: 'Build it with npx nx build console, and start the server again.',
  LISTEN_REFUSED:
    'Configure TLS and authentication in [server], or listen on 127.0.0.1 with --insecure-loopback.',
  LISTEN_FAILED: 'Choose another address, or end what listens there.',
  TLS_INVALID: 'Check the certificate and key files that [server.tls] names.',
} as const;

/** The codes that the service itself throws. */
export type ServerErrorCode = keyof typeof REMEDIES;

/** Makes a typed error of the service, with the remedy that belongs to its code. */
export function serverError(
  code: ServerErrorCode,
  message: string,
  options?: ErrorOptions,
): HoldfastError<ServerErrorCode> {
  return new HoldfastError(code, message, REMEDIES[code], options);
}
