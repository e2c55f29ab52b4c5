import { setTimeout as after } from 'node:timers/promises';
import type { Server as TlsServer } from 'node:https';
import { openApiDocument } from '@holdfast/api/openapi';
import { VERSION, type Config } from '@holdfast/core';
import type { Logger } from 'pino';
import { authentication } from './auth/open-authentication.ts';
import { addBeside } from './http/beside.ts';
import { addConsole, readConsole } from './http/console.ts';
import { openLoad } from './http/load.ts';
import { openApp } from './http/open-app.ts';
import { makeHttpServer } from './http/open-http-server.ts';
import { REFERENCE_CSS, referenceHtml } from './http/reference-page.ts';
import type { JobKind } from './jobs/kind.ts';
import { metricsOf } from './metrics/open-metrics.ts';
import { takePins } from './operations/credentials.ts';
import { assertMayListen, listen, placeOf } from './operations/listen.ts';
import { notifySystemd } from './operations/notify.ts';
import { openTlsReload } from './operations/reload-tls.ts';
import { readTls } from './operations/tls.ts';
import { openService, type OpenService } from './open-service.ts';
import { HANDLERS } from './resources/index.ts';
import { openScheduler } from './schedules/scheduler.ts';
import { openOutbox } from './webhooks/outbox.ts';

/** What requests and jobs that run may take to end. In milliseconds. */
const GRACE = 60_000;
const SIGN_EVERY = 60_000;

export interface ServeSettings {
  readonly config: Config;
  /** `HOST:PORT`; the configuration's without it. */
  readonly listen?: string | undefined;
  readonly insecureLoopback: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** For tests. */
  readonly checkAnswers?: boolean | undefined;
  readonly kinds?: readonly JobKind[] | undefined;
  /** Folder of the built console. */
  readonly consoleFolder?: string | undefined;
}

/** A server that answers. Disposing ends it as a signal would. */
export interface OpenServer extends AsyncDisposable {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly service: OpenService;
  /** Reads certificates again. */
  reload(): Promise<void>;
}

/** Listens, and is ready, on return. @throws LISTEN_REFUSED, LISTEN_FAILED, TLS_INVALID, what opening throws */
export async function openServer(settings: ServeSettings): Promise<OpenServer> {
  const { config, insecureLoopback, env, log } = settings;
  const place = placeOf(settings.listen ?? config.server.listen, env);
  const { tls } = config.server;
  assertMayListen(place, { hasTls: tls !== null, insecureLoopback });
  const tlsOptions = tls === null ? null : await readTls(tls);

  await using resources = new AsyncDisposableStack();
  const service = resources.use(await openService({ config, log, kinds: settings.kinds }));
  const load = resources.use(openLoad());
  const metrics = metricsOf(service, load);
  const authenticate = authentication({ service, insecureLoopback });
  const document = openApiDocument({ version: VERSION });
  const openApi = JSON.stringify(document);
  const reference = { html: referenceHtml(document), css: REFERENCE_CSS };
  const consoleFiles = await readConsole(settings.consoleFolder);
  const app = openApp({
    ...{ service, authenticate, load, handlers: HANDLERS, isTls: tls !== null },
    checkAnswers: settings.checkAnswers,
    onAnswer: (answer) => {
      metrics.answered(answer);
    },
    beside: (to) => {
      addBeside(to, { service, authenticate, metrics, openApi, reference });
      addConsole(to, consoleFiles);
    },
  });
  const server = makeHttpServer(app, tlsOptions);
  await takePins(service, env);
  await service.jobs.start();
  resources.defer(async () => {
    await service.jobs.stop(0);
  });
  resources.use(openOutbox(service));
  resources.use(openScheduler(service));
  const address = await listen(server, place);
  const reload =
    tls === null
      ? null
      : resources.use(await openTlsReload(server as unknown as TlsServer, tls, log));
  const signing = setInterval(() => void service.catalogAccess.sign(), SIGN_EVERY);
  const detail = { server: service.id, version: VERSION };
  const { recorder } = service.catalogAccess;
  await recorder.record([{ action: 'service.start', outcome: 'ok', detail }]);
  log.info({ address, server: service.id, version: VERSION, insecureLoopback }, 'ready');
  const held = resources.move();
  return {
    ...{ address, service },
    reload: async () => await reload?.now(),
    async [Symbol.asyncDispose]() {
      await using _ = held;
      log.info('stopping');
      service.beginToStop();
      clearInterval(signing);
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeIdleConnections();
      await service.jobs.stop(GRACE);
      // Whoever still holds a connection by now is cut off.
      await Promise.race([closed, after(2000)]);
      server.closeAllConnections();
      await closed;
      await recorder.record([{ action: 'service.stop', outcome: 'ok', detail }]);
      log.info('stopped');
    },
  };
}

/** Serves until SIGTERM or SIGINT. The second of them ends it at once. */
export async function serve(settings: ServeSettings): Promise<void> {
  const { env, log } = settings;
  const told = { env, log };
  const asked = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      asked.resolve(signal);
      process.once(signal, () => process.kill(process.pid, 'SIGKILL'));
    });
  }
  await using server = await openServer(settings);
  process.on('SIGHUP', () => {
    void (async () => {
      await notifySystemd('reloading', 'reads certificates again', told);
      await server.reload();
      await notifySystemd('ready', `listens on ${server.address}`, told);
    })();
  });
  process.stdout.write('');
  await notifySystemd('ready', `listens on ${server.address}`, told);
  await asked.promise;
  await notifySystemd('stopping', 'lets jobs end', told);
}
