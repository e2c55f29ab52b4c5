import { randomUUID } from 'node:crypto';
import {
  catalogAccess,
  instanceAt,
  protectedMedia,
  removableMedia,
  tokenAccess,
  type Config,
  type FactorSource,
} from '@holdfast/core';
import type { Logger } from 'pino';
import { openBrowserSessions } from './auth/browser-sessions.ts';
import { openJobDesk, type OwnJobDesk } from './jobs/desk.ts';
import { KINDS } from './kinds/index.ts';
import type { JobKind } from './jobs/kind.ts';
import { openPinAgent } from './pins/open-pin-agent.ts';
import { openQuorumSessions } from './quorum/open-sessions.ts';
import { quorumEvent } from './quorum/quorum-event.ts';
import type { Service } from './service.ts';
import { actorOf } from './auth/principal.ts';

export interface ServiceSettings {
  readonly config: Config;
  readonly log: Logger;
  /** Kinds of jobs beside ours, for tests. */
  readonly kinds?: readonly JobKind[] | undefined;
}

/** A service that nobody listens for yet. Disposing ends all that it holds; stop its jobs before. */
export interface OpenService extends Service, AsyncDisposable {
  readonly jobs: OwnJobDesk;
  /** Fires `stopping`. */
  beginToStop(): void;
}

/** Opens the catalog, for what is asked for may not be lost; and makes the state folder. @throws what these throw */
export async function openService({
  config,
  log,
  kinds = [],
}: ServiceSettings): Promise<OpenService> {
  await using resources = new AsyncDisposableStack();
  const stop = new AbortController();
  const instance = instanceAt({
    folder: config.state,
    ...(config.group !== null && { group: config.group }),
    ...(config.trust !== null && { trustFile: config.trust }),
  });
  await instance.signer();
  const access = resources.use(
    catalogAccess({
      ...{ instance, url: config.catalogUrl, surface: 'http' },
      actor: { who: 'the service', from: 'itself' },
    }),
  );
  const pins = resources.use(openPinAgent());
  const tokens = resources.use(
    tokenAccess({ modules: config.modules, aliases: config.tokens, instance, pins }),
  );
  const isProtected = protectedMedia(config.media.protected, { catalog: access }, (words) => {
    log.warn({ words }, 'protected media');
  });
  const media = removableMedia({ protected: isProtected });
  const sessions = resources.use(
    openQuorumSessions((session, by) => {
      const { recorder } = by === null ? access : access.as(by);
      void recorder.record([quorumEvent('quorum.end', session)]);
    }),
  );
  const browserSessions = resources.use(
    openBrowserSessions(config.server.sessionIdle, ({ id, principal, from }, why) => {
      const { recorder } = access.as(actorOf(principal, from));
      const detail = { session: id, why };
      void recorder.record([{ action: 'session.end', outcome: 'ok', detail }]);
    }),
  );
  const catalog = await access.open();
  const queue = resources.use(await catalog.openQueue());
  const open: { jobs: OwnJobDesk | null } = { jobs: null };
  const service: Omit<OpenService, typeof Symbol.asyncDispose> = {
    id: randomUUID(),
    ...{ config, instance, log, tokens, media, pins, sessions, browserSessions },
    catalogAccess: access,
    stopping: stop.signal,
    get jobs() {
      if (open.jobs === null) throw new TypeError('the service is not whole yet');
      return open.jobs;
    },
    beginToStop: () => {
      stop.abort();
    },
    catalog: async () => await access.open(),
    runFor(who, { signal, factors = NOTHING, job, onProgress }) {
      const own = access.as(who);
      const { recorder, custodians } = own;
      return {
        ...{ instance, factors, media, signal, job, onProgress, recorder, custodians },
        ...{ catalog: own, tokens: tokens.recordedBy(recorder), mediumSource: {} },
      };
    },
  };
  open.jobs = openJobDesk(service, queue, [...KINDS, ...kinds]);
  const held = resources.move();
  return Object.assign(service, {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await held.disposeAsync();
    },
  });
}

/** Opens nothing, and asks nobody. */
const NOTHING: FactorSource = {
  newPassword: async () => await Promise.reject(new TypeError('this seals nothing')),
  password: async () => await Promise.resolve(null),
  identities: async () => await Promise.resolve([]),
};
