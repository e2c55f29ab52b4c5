import type { Server } from 'node:https';
import type { Logger } from 'pino';
import { readTls, tlsFingerprint, type TlsConfig } from './tls.ts';

/** How often the files are looked at. In milliseconds. */
const LOOK_EVERY = 5000;

/** Reads certificates again when they change; a bad pair is told of, and the former one stays. */
export interface TlsReload extends Disposable {
  now(): Promise<void>;
}

export async function openTlsReload(
  server: Server,
  config: TlsConfig,
  log: Logger,
): Promise<TlsReload> {
  let known = await tlsFingerprint(config);
  const now = async (): Promise<void> => {
    try {
      const fingerprint = await tlsFingerprint(config);
      server.setSecureContext(await readTls(config));
      known = fingerprint;
      log.info('certificates were read again');
    } catch (cause) {
      log.error({ err: cause }, 'certificates cannot be read again; the former ones stay');
    }
  };
  const timer = setInterval(() => {
    void tlsFingerprint(config).then(
      async (found) => {
        if (found === known) return;
        known = found;
        await now();
      },
      () => undefined,
    );
  }, LOOK_EVERY).unref();
  return {
    now,
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
