import type { Server } from 'node:http';
import { isLoopback } from '../auth/loopback.ts';
import { serverError } from '../errors.ts';

/** Where to listen: an address, or a socket that systemd listens on already. */
export type Place =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'inherited'; readonly fd: number };

const FIRST_INHERITED = 3;

/** `HOST:PORT`, or what systemd handed over (sd_listen_fds(3)). @throws LISTEN_REFUSED */
export function placeOf(text: string | null, env: NodeJS.ProcessEnv): Place {
  const inherited = Number(env['LISTEN_FDS'] ?? '0');
  if (inherited > 0 && env['LISTEN_PID'] === String(process.pid)) {
    if (inherited === 1) return { kind: 'inherited', fd: FIRST_INHERITED };
    throw serverError('LISTEN_REFUSED', 'systemd handed over more sockets than one');
  }
  if (text === null) throw serverError('LISTEN_REFUSED', 'nothing says where to listen');
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw serverError('LISTEN_REFUSED', `"${text}" is no address and port, as 127.0.0.1:8443 is`);
  }
  return { kind: 'address', host, port: Number(port) };
}

/**
 * Nobody is let in without TLS and a way to tell who it is; on this machine alone, if that was asked for.
 *
 * @throws LISTEN_REFUSED
 */
export function assertMayListen(
  place: Place,
  { hasTls, insecureLoopback }: { readonly hasTls: boolean; readonly insecureLoopback: boolean },
): void {
  const isHere = place.kind === 'address' && (isLoopback(place.host) || place.host === 'localhost');
  if (insecureLoopback && !isHere) {
    throw serverError(
      'LISTEN_REFUSED',
      '--insecure-loopback takes an address of this machine only',
    );
  }
  if (hasTls || (insecureLoopback && isHere)) return;
  const message = isHere
    ? 'without TLS, whoever may use the service here has to be said'
    : 'nothing is encrypted without TLS';
  throw serverError('LISTEN_REFUSED', message);
}

/** Resolves to the address once it listens. @throws LISTEN_FAILED */
export async function listen(server: Server, place: Place): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(serverError('LISTEN_FAILED', `it cannot listen: ${cause.message}`, { cause }));
    });
    const options = place.kind === 'address' ? { ...place, backlog: 1024 } : { fd: place.fd };
    server.listen(options, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  const { address: host, port, family } = address;
  return family === 'IPv6' ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
