import type { ServerResponse } from 'node:http';

const YEAR = 365 * 86_400;

/** What every answer says: it is for whoever asked, and nothing in it is to be run, framed or kept. */
export function setStrictHeaders(response: ServerResponse, isTls: boolean): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  if (isTls) response.setHeader('Strict-Transport-Security', `max-age=${String(YEAR)}`);
}
