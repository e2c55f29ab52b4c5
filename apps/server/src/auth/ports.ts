import type { IncomingMessage } from 'node:http';
import type { Principal } from './principal.ts';

/**
 * Finds out who makes a request. What fails is limited and recorded.
 *
 * @throws UNAUTHENTICATED, FORBIDDEN for somebody who is known and may not speak to this service, TOO_MANY_FAILURES
 */
export type Authenticate = (request: IncomingMessage) => Promise<Principal>;
