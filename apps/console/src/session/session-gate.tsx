import { ApiProblem } from '@holdfast/api/client';
import { Center, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { service, serviceFor, vouchWith, whenSessionEnds } from '../api/service.ts';
import { Problem } from '../frame/problem.tsx';
import { IdleWatch } from './idle-watch.tsx';
import { SessionContext, type InSession, type Session } from './session.ts';

const LogIn = lazy(async () => ({ default: (await import('./log-in.tsx')).LogIn }));

/** How the page stands with the service. */
type Standing =
  | { readonly is: 'asking' }
  | { readonly is: 'in'; readonly session: Session }
  | { readonly is: 'out'; readonly why: 'first' | 'ended' | 'logged out' }
  | { readonly is: 'failed'; readonly error: unknown };

/** Shows what is behind it to whoever is logged in; who is on this machine or has a certificate is at once. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const [standing, setStanding] = useState<Standing>({ is: 'asking' });
  const queries = useQueryClient();

  const enter = useCallback((session: Session) => {
    vouchWith(session.csrf);
    setStanding({ is: 'in', session });
  }, []);

  const ask = useCallback(async () => {
    setStanding({ is: 'asking' });
    try {
      enter(await resume());
    } catch (error) {
      const isOut = error instanceof ApiProblem && error.status === 401;
      setStanding(isOut ? { is: 'out', why: 'first' } : { is: 'failed', error });
    }
  }, [enter]);

  useEffect(() => {
    void ask();
  }, [ask]);

  const leave = useCallback(
    (why: 'ended' | 'logged out') => {
      vouchWith(null);
      // What was shown is for whoever was logged in.
      queries.clear();
      setStanding({ is: 'out', why });
    },
    [queries],
  );
  useEffect(() => {
    whenSessionEnds(() => {
      leave('ended');
    });
  }, [leave]);

  const session = standing.is === 'in' ? standing.session : null;
  const inSession = useMemo<InSession | null>(
    () =>
      session && {
        session,
        logOut: async () => {
          await service.call('endSession', {}).catch(() => undefined);
          leave('logged out');
        },
      },
    [session, leave],
  );

  if (standing.is === 'failed') {
    return (
      <Center p="xl" component="main">
        <Problem error={standing.error} again={() => void ask()} />
      </Center>
    );
  }
  if (standing.is === 'out') {
    return (
      <Suspense fallback={<Waiting />}>
        <LogIn why={standing.why} onEnter={enter} />
      </Suspense>
    );
  }
  if (inSession === null) return <Waiting />;
  return (
    <SessionContext value={inSession}>
      <IdleWatch
        session={inSession.session}
        onEnd={() => {
          leave('ended');
        }}
      />
      {children}
    </SessionContext>
  );
}

function Waiting(): ReactNode {
  return (
    <Center h="100vh">
      <Loader aria-label="Holdfast" />
    </Center>
  );
}

/** The session of the cookie; else a new one, where nobody has to type anything for that. */
async function resume(): Promise<Session> {
  try {
    return await service.call('showSession', {});
  } catch (cause) {
    if (!(cause instanceof ApiProblem) || cause.status !== 401) throw cause;
    return await serviceFor(null).call('beginSession', {});
  }
}
