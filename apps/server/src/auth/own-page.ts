import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { serverError } from '../errors.ts';
import { Unauthenticated } from './unauthenticated.ts';

/** Whether a method only looks. */
export function isSafe(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * What a browser sends by itself, a cookie or a certificate, it also sends for pages of others: a request says by
 * Origin and Sec-Fetch-Site which page it is of.
 *
 * @throws CSRF_REFUSED
 */
export function assertOwnPage({ headers }: IncomingMessage, isTls: boolean): void {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
  const isOwn = origin === undefined || origin === `${isTls ? 'https' : 'http'}://${host}`;
  if (isOwn && (site === 'same-origin' || site === 'none')) return;
  throw serverError('CSRF_REFUSED', 'this request is of a page that is not ours');
}

/**
 * One that only looks needs no token. Where it has one, the page that it is of is in the session of that token.
 *
 * @throws CSRF_REFUSED; Unauthenticated for a page that looks, and whose session another has replaced
 */
export function assertCsrfToken({ headers, method }: IncomingMessage, expected: string): void {
  const given = headers['x-csrf-token'];
  if (given === undefined && isSafe(method)) return;
  if (typeof given === 'string' && timingSafeEqual(sha256(given), sha256(expected))) return;
  if (isSafe(method)) throw new Unauthenticated('session', 'this session is over: another began');
  const message =
    given === undefined
      ? 'this request has no X-CSRF-Token'
      : 'the X-CSRF-Token of this request is not that of its session';
  throw serverError('CSRF_REFUSED', message);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
