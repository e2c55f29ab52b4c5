import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { ServerOptions } from 'node:https';
import type { ServerConfig } from '@holdfast/core';
import { serverError } from '../errors.ts';

export type TlsConfig = NonNullable<ServerConfig['tls']>;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Reads certificate and key, which have to belong together.
 *
 * @throws TLS_INVALID, also for a key that others may read
 */
export async function readTls(config: TlsConfig): Promise<ServerOptions> {
  const { certificate, key, clientCa } = config;
  await assertPrivate(key);
  const context: SecureContextOptions = {
    cert: await read(certificate),
    key: await read(key),
    ...(clientCa !== null && { ca: await readAuthorities(clientCa) }),
    minVersion: 'TLSv1.3',
  };
  try {
    createSecureContext(context);
  } catch (cause) {
    const message = `${certificate} and ${key} are no certificate and key that belong together`;
    throw serverError('TLS_INVALID', message, { cause });
  }
  return {
    ...context,
    requestCert: clientCa !== null,
    // Who sends none may have a token; who sends one that is not valid is refused with an answer.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: 10_000,
  };
}

/** One that cannot be read is otherwise left out, and so are all that come after it. */
async function readAuthorities(path: string): Promise<string[]> {
  const found = (await read(path)).toString('latin1').match(CERTIFICATE) ?? [];
  try {
    if (found.length === 0) throw new Error('it has none');
    return found.map((pem) => new X509Certificate(pem).toString());
  } catch (cause) {
    throw serverError('TLS_INVALID', `${path} holds no certificates of authorities`, { cause });
  }
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 in lower-case hex. */
  readonly fingerprint: string;
}

/** What the certificate of the server says. @throws TLS_INVALID, which does not name its file */
export async function certificateFacts({ certificate }: TlsConfig): Promise<CertificateFacts> {
  try {
    const { subject, issuer, ...found } = facts(await readFile(certificate));
    return { subject: oneLine(subject), issuer: oneLine(issuer), ...found };
  } catch (cause) {
    throw serverError('TLS_INVALID', 'the certificate of the server cannot be read', { cause });
  }
}

function facts(pem: Buffer): CertificateFacts {
  const { subject, issuer, validFromDate, validToDate, fingerprint256 } = new X509Certificate(pem);
  return {
    ...{ subject, issuer },
    validFrom: validFromDate.toISOString(),
    validTo: validToDate.toISOString(),
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** Its parts come one a line. */
function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}

/** Differs when any of the files does. */
export async function tlsFingerprint({ certificate, key, clientCa }: TlsConfig): Promise<string> {
  const files = [certificate, key, ...(clientCa === null ? [] : [clientCa])];
  const found = await Promise.all(
    files.map(async (path) => {
      const { ino, mtimeMs, size } = await stat(path);
      return [ino, mtimeMs, size];
    }),
  );
  return JSON.stringify(found);
}

async function read(path: string): Promise<Buffer> {
  return await readFile(path).catch((cause: unknown) => {
    throw serverError('TLS_INVALID', `${path} cannot be read`, { cause });
  });
}

async function assertPrivate(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw serverError('TLS_INVALID', `${path} cannot be read`, { cause });
  });
  // A group may read it, as that of certificates does in Debian; credentials of systemd are 0440.
  if ((found.mode & 0o007) === 0) return;
  throw serverError('TLS_INVALID', `everybody on this machine may read the key ${path}`);
}
