import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { service } from '../api/service.ts';
import type { Session } from './session.ts';

/** The service is told that somebody is there at most so often; and they are warned so long before the end. */
const TOLD_EVERY = 30_000;
const WARNED_BEFORE = 60_000;
const LOOKED_EVERY = 1000;

const IdleWarning = lazy(async () => ({
  default: (await import('./idle-warning.tsx')).IdleWarning,
}));

interface IdleWatchProps {
  readonly session: Session;
  readonly onEnd: () => void;
}

/** Keeps the session alive while somebody is there, and warns before it ends because nobody is. */
export function IdleWatch({ session, onEnd }: IdleWatchProps): ReactNode {
  const [left, setLeft] = useState(Infinity);
  const until = useRef(Date.parse(session.until));
  const told = useRef(Date.now());
  const isWarned = left <= Math.min(WARNED_BEFORE, (session.idle * 1000) / 2);
  const warned = useRef(isWarned);
  warned.current = isWarned;

  const keep = async (): Promise<void> => {
    told.current = Date.now();
    const kept = await service.call('keepSession', {}).catch(() => null);
    if (kept === null) return;
    until.current = Date.parse(kept.until);
    setLeft(until.current - Date.now());
  };

  useEffect(() => {
    until.current = Date.parse(session.until);
    const somebody = (): void => {
      // Once they are warned, they say so by the button.
      if (!warned.current && Date.now() - told.current > TOLD_EVERY) void keep();
    };
    const signs = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const sign of signs) addEventListener(sign, somebody, { passive: true });
    const looking = setInterval(() => {
      const now = until.current - Date.now();
      setLeft((before) => (now > WARNED_BEFORE && before > WARNED_BEFORE ? before : now));
      if (now <= 0) onEnd();
    }, LOOKED_EVERY);
    return () => {
      for (const sign of signs) removeEventListener(sign, somebody);
      clearInterval(looking);
    };
  }, [session, onEnd]);

  if (!isWarned) return null;
  return (
    <Suspense>
      <IdleWarning seconds={Math.max(0, Math.ceil(left / 1000))} onStay={() => void keep()} />
    </Suspense>
  );
}
