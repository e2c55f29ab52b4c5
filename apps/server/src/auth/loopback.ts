import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { remoteAddress } from '../http/remote-address.ts';

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/**
 * Whether a request comes from this machine and was meant for it: a web page that makes a name of its own point to
 * this machine is told by the Host it sends, and one that asks from elsewhere by its Origin.
 */
export function isFromHere(request: IncomingMessage): boolean {
  if (!isLoopback(remoteAddress(request))) return false;
  const { host = '', origin } = request.headers;
  const url = URL.parse(`http://${host}`);
  if (url === null) return false;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (name !== 'localhost' && !isLoopback(name)) return false;
  return origin === undefined || origin === `http://${host}`;
}
