import { execFile } from 'node:child_process';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of its own, made with openssl. */
export interface Authority {
  /** Path of its certificate. */
  readonly ca: string;
  /** Issues one; the paths are of new files. */
  issue(name: string, options?: { readonly days?: number }): Promise<Certificate>;
}

export async function makeAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-ca-'));
  const openssl = async (...args: string[]): Promise<void> => {
    await run('openssl', args, { cwd: folder });
  };
  const key = (name: string): string[] => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
  ];
  await openssl(
    'req',
    '-x509',
    ...key('ca'),
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=test authority',
  );
  return {
    ca: join(folder, 'ca.pem'),
    async issue(name, { days = 30 } = {}) {
      await openssl('req', ...key(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`);
      await writeFile(join(folder, 'ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
      await openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'],
        ...['-CAcreateserial', '-out', `${name}.pem`, '-days', String(days), '-extfile', 'ext'],
      );
      await chmod(join(folder, `${name}.key`), 0o600);
      return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
    },
  };
}
