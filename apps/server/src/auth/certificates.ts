import type { IncomingMessage } from 'node:http';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import type { ClientConfig } from '@holdfast/core';
import { serverError } from '../errors.ts';
import type { Principal } from './principal.ts';
import { Unauthenticated } from './unauthenticated.ts';

type Clients = Readonly<Record<string, ClientConfig>>;

export interface CertificateOwner {
  readonly principal: Principal;
  /** SHA-256 in lower-case hex. */
  readonly fingerprint: string;
  /** When it is valid no more, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * Whose client certificate it is; `null`: none was sent.
 *
 * @throws Unauthenticated for one that no authority of ours issued, or whose time is over; FORBIDDEN for one that the
 *   configuration does not name
 */
export function certificateOwner(
  { socket }: IncomingMessage,
  clients: Clients,
): CertificateOwner | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerCertificate();
  if (Object.keys(certificate).length === 0) return null;
  const subject = commonName(certificate);
  if (!socket.authorized) {
    throw new Unauthenticated('certificate', 'this client certificate is not valid here', subject);
  }
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  for (const [name, client] of Object.entries(clients)) {
    const isTheirs =
      client.fingerprint === null
        ? subject !== null && client.subject === subject
        : client.fingerprint === fingerprint;
    if (!isTheirs) continue;
    const principal = { id: `certificate:${name}`, name, role: client.role };
    return { principal, fingerprint, until: Date.parse(certificate.valid_to) };
  }
  const message = `no [clients.NAME] has this certificate: ${fingerprint}`;
  throw serverError('FORBIDDEN', message);
}

function commonName({ subject }: PeerCertificate): string | null {
  // Several of them come as a list: then it is nobody’s.
  const name: unknown = (subject as { readonly CN?: unknown } | undefined)?.CN;
  return typeof name === 'string' ? name : null;
}
