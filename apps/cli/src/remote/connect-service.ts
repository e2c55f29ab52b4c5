import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@holdfast/api/client';
import type { GlobalArgs } from '../context.ts';
import { reasonOf, unreadable, usageError } from '../usage.ts';
import { inOurWords } from './refusal.ts';

export type ServiceArgs = Pick<
  GlobalArgs,
  'server' | 'accessTokenFile' | 'clientCert' | 'clientKey' | 'ca'
>;

/** A service while a command speaks to it. */
export interface OpenClient extends AsyncDisposable {
  readonly client: Client;
}

const CREDENTIAL = 'holdfast.access-token';

/** @throws USAGE for options that do not go together, or files that cannot be read */
export async function openClient(args: ServiceArgs): Promise<OpenClient> {
  const { server = '', clientCert, clientKey, ca } = args;
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw await usageError('--server takes the address of a service, such as https://vault:8443');
  }
  const isHere = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !isHere) {
    throw await usageError('nothing is encrypted over http: give the https address of the service');
  }
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw await usageError('--client-cert and --client-key go together');
  }
  const [{ connect }, { openFetch }] = await Promise.all([
    import('@holdfast/api/client'),
    import('./service-fetch.ts'),
  ]);
  const token = await accessToken(args);
  const tls = {
    ...(ca !== undefined && { ca: await read('the authority', ca) }),
    ...(clientCert !== undefined && { cert: await read('the certificate', clientCert) }),
    ...(clientKey !== undefined && { key: await read('the key', clientKey) }),
  };
  await using resources = new AsyncDisposableStack();
  const { fetch } = resources.use(openFetch(tls));
  const held = resources.move();
  return {
    client: connect({
      ...{ url: url.href, fetch },
      authorization: async () => await Promise.resolve(token === null ? null : `Bearer ${token}`),
    }),
    async [Symbol.asyncDispose]() {
      await held.disposeAsync();
    },
  };
}

/** Gives `work` the service; what it refuses, and that it is not there, is told as everything else is. */
export async function withService<Result>(
  args: ServiceArgs,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  await using open = await openClient(args);
  try {
    return await work(open.client);
  } catch (cause) {
    throw await inOurWords(cause);
  }
}

/** From its file, or the systemd credential; never from the command line, where everybody can read it. */
async function accessToken({ accessTokenFile }: ServiceArgs): Promise<string | null> {
  const folder = process.env['CREDENTIALS_DIRECTORY'] ?? '';
  const path = accessTokenFile ?? (folder === '' ? null : join(folder, CREDENTIAL));
  if (path === null) return null;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    if (accessTokenFile === undefined && reasonOf(cause) === 'ENOENT') return null;
    throw await unreadable('the access token', path, cause);
  }
}

async function read(what: string, path: string): Promise<Buffer> {
  return await readFile(path).catch(async (cause: unknown) => {
    throw await unreadable(what, path, cause);
  });
}
