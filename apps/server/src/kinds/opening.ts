import { factorsFrom } from '../jobs/factors.ts';
import type { Work } from '../jobs/kind.ts';
import { actorOf } from '../auth/principal.ts';
import type { ServiceRun } from '../service.ts';

/** The token that was named, for itself alone. */
export function openingNeeds({ token }: { readonly token?: string | undefined }): string[] {
  return token === undefined ? [] : [`token:${token}`];
}

/** What the shares of a quorum session are used for. */
export interface SessionUse {
  readonly backup: string;
  readonly target: string;
}

/**
 * The run of a restore, with the shares of its quorum session if it has one; disposing wipes this copy of them.
 *
 * @throws SESSION_NOT_FOUND, SESSION_OVER, FORBIDDEN when they were given for something else
 */
export function openSessionRun(
  { run, secrets, service, job }: Pick<Work, 'run' | 'secrets' | 'service' | 'job'>,
  use: SessionUse,
): Disposable & { readonly run: ServiceRun; used(): void } {
  const { pins, sessions } = service;
  const id = secrets.session;
  const session = id === null ? null : sessions.use(id, use);
  return {
    run: session === null ? run : { ...run, factors: factorsFrom(secrets, { pins, session }) },
    /** The secret was put back: nobody uses these shares again. */
    used() {
      if (id !== null) sessions.end(id, 'used', actorOf({ name: job.who }, job.from));
    },
    [Symbol.dispose]: () => {
      for (const { bytes } of session?.contributions ?? []) bytes.fill(0);
    },
  };
}
