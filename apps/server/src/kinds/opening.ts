import type { Service, ServiceRun } from '../service.ts';
import type { Work } from '../jobs/kind.ts';
import { factorsFrom } from '../jobs/factors.ts';

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
 * The run of a job that opens a backup, with the shares of its quorum session if it has one.
 *
 * @throws SESSION_NOT_FOUND, SESSION_OVER, FORBIDDEN when they were given for something else
 */
export function openingRun(
  { run, secrets, service }: Pick<Work, 'run' | 'secrets' | 'service'>,
  use: SessionUse | null,
): AsyncDisposable & { readonly run: ServiceRun; used(): void } {
  const { pins, sessions }: Service = service;
  const id = secrets.session;
  const session = id === null ? null : sessions.use(id, use ?? { backup: '', target: '' });
  return {
    run: { ...run, factors: factorsFrom(secrets, { pins, session }) },
    /** The secret was put back: nobody uses these shares again. */
    used() {
      if (id !== null) sessions.end(id, 'used');
    },
    [Symbol.asyncDispose]: async () => {
      for (const { bytes } of session?.contributions ?? []) bytes.fill(0);
      await Promise.resolve();
    },
  };
}
