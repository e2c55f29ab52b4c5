import type { IncomingMessage } from 'node:http';
import type { Login } from './login.ts';

/**
 * Finds out who makes a request. What fails is limited and recorded.
 *
 * @throws UNAUTHENTICATED, FORBIDDEN for somebody who is known and may not speak to this service, CSRF_REFUSED,
 *   TOO_MANY_FAILURES
 */
export type Authenticate = (request: IncomingMessage) => Promise<Login>;
